#!/usr/bin/env bash
# Fails by file and line on an include, or a use of the outside world, that the folders do not allow:
#
#   include_directions.sh ROOT
#
# gateway -> discovery -> schemas and gateway -> protocol. Only gateway logs, reads the clock, opens sockets or starts
# threads. The headers of other projects stay in the .cpp files, and in headers that only .cpp files include.
set -euo pipefail
cd "$1"

# shellcheck disable=SC2016  # the $ are awk's
find protocol schemas discovery gateway tests -name '*.h' -o -name '*.cpp' | sort | xargs awk '
  function refuse(message) {
    printf "%s:%d: %s\n", FILENAME, FNR, message
    refused = 1
  }

  BEGIN {
    allowed["protocol"] = " protocol "
    allowed["schemas"] = " schemas "
    allowed["discovery"] = " discovery schemas "
    allowed["gateway"] = " gateway discovery schemas protocol "
    allowed["tests"] = " tests gateway discovery schemas protocol "
    world = "^(spdlog|mqtt|MQTT.*|thread|future|sys/socket.h|netdb.h|netinet|arpa|pthread.h)(/|$)"
    foreign = "^(toml[+][+]|nlohmann|openssl|mqtt|MQTT.*|spdlog|CLI|httplib[.]h)(/|$)"
    private = " protocol/openssl_handles.h protocol/pkcs12_reader.h protocol/pem_reader.h protocol/certificate_facts.h protocol/identity_contents.h discovery/assemble.h discovery/component.h discovery/json_text.h gateway/cli/validators.h gateway/cli/read_command_line.h "
    clock = "::now[(]|clock_gettime|gettimeofday"
  }

  FNR == 1 {
    folder = FILENAME
    sub("/.*", "", folder)
    is_own_header = FILENAME ~ /[.]h$/ && folder != "tests"
    is_private = index(private, " " FILENAME " ")
    is_inner = folder != "gateway" && folder != "tests"
  }

  /^[ \t]*#[ \t]*include/ {
    quoted = $0 ~ /include[ \t]*"/
    name = $0
    sub(/^[^<"]*[<"]/, "", name)
    sub(/[>"].*/, "", name)
    target = name
    sub("/.*", "", target)

    if (quoted && folder != "tests" && name !~ "/") refuse("write \"" name "\" from the root of the repository")
    else if (quoted && name ~ "/" && index(allowed[folder], " " target " ") == 0) refuse(folder " may not include " name)
    else if (quoted && is_own_header && !is_private && index(private, " " name " ")) refuse(name " is for .cpp files only")
    else if (!quoted && target in allowed) refuse("write \"" name "\" in quotes: it is ours")
    else if (is_inner && name ~ world) refuse(folder " may not use <" name ">: only gateway meets the outside world")
    else if (is_own_header && !is_private && name ~ foreign) refuse("<" name "> belongs into a .cpp file")
    next
  }

  { sub("//.*", "") }  # comments may talk about clocks

  is_inner && $0 ~ clock { refuse(folder " may not read the clock: only gateway does") }

  END { exit refused }
'
