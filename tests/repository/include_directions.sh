#!/usr/bin/env bash
# Fails by file and line on an include, or a use of the outside world, that the folders do not allow:
#
#   include_directions.sh ROOT
#
# gateway -> discovery -> schemas and gateway -> protocol. Within gateway/, a room includes itself and what its
# CMakeLists.txt names behind USES. Only gateway logs, reads the clock, opens sockets or starts threads. The headers of
# other projects stay in the .cpp files, and in headers that only .cpp files include. What Debian 12's clang, which
# measures coverage and fuzzes, cannot compile is refused here, since other builds do not notice.
set -euo pipefail
cd "$1"

# "gateway/station base schemas protocol": each room and what it uses.
walls=$(for list in gateway/*/CMakeLists.txt; do
  [ -f "$list" ] || continue
  printf '%s ' "$(dirname "$list")"
  awk '/^gateway_room\(/ { room = 1 } room && /LIBRARIES|SOURCES/ { exit } { print }' "$list" |
    sed -n '/USES/,$p' | sed 's/.*USES//' | tr '\n' ' '
  echo
done)

# shellcheck disable=SC2016  # the $ are awk's
find protocol schemas discovery gateway tests -name '*.h' -o -name '*.cpp' | sort | xargs awk -v walls="$walls" '
  function refuse(message) {
    printf "%s:%d: %s\n", FILENAME, FNR, message
    refused = 1
  }

  function may_use(name, place) {
    place = name
    sub("/[^/]*$", "", place)
    if (place == room) return 1
    sub("^gateway/", "", place)
    return index(uses[room], " " place " ") > 0
  }

  BEGIN {
    allowed["protocol"] = " protocol "
    allowed["schemas"] = " schemas "
    allowed["discovery"] = " discovery schemas "
    allowed["gateway"] = " gateway discovery schemas protocol "
    allowed["tests"] = " tests gateway discovery schemas protocol "
    world = "^(spdlog|mqtt|MQTT.*|thread|future|sys/socket.h|netdb.h|netinet|arpa|pthread.h)(/|$)"
    foreign = "^(toml[+][+]|nlohmann|openssl|mqtt|MQTT.*|spdlog|CLI|httplib[.]h|microhttpd[.]h)(/|$)"
    private = " protocol/openssl_handles.h protocol/pkcs12_reader.h protocol/pem_reader.h protocol/certificate_facts.h protocol/identity_contents.h discovery/assemble.h discovery/component.h discovery/control.h discovery/icons.h discovery/json_text.h discovery/labels.h discovery/problem.h gateway/http/core.h gateway/cli/validators.h gateway/cli/subcommands.h gateway/cli/help_format.h "
    clock = "::now[(]|clock_gettime|gettimeofday"
    rooms = split(walls, lines, "\n")
    for (i = 1; i <= rooms; ++i) {
      room = lines[i]
      sub(" .*", "", room)
      uses[room] = " " lines[i] " "
    }
  }

  FNR == 1 {
    folder = FILENAME
    sub("/.*", "", folder)
    is_own_header = FILENAME ~ /[.]h$/ && folder != "tests"
    is_private = index(private, " " FILENAME " ")
    is_inner = folder != "gateway" && folder != "tests"
    room = FILENAME
    sub("/[^/]*$", "", room)
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
    else if (quoted && room in uses && !may_use(name)) refuse(room " may not include " name)
    else if (quoted && is_own_header && !is_private && index(private, " " name " ")) refuse(name " is for .cpp files only")
    else if (!quoted && target in allowed) refuse("write \"" name "\" in quotes: it is ours")
    else if (is_inner && name ~ world) refuse(folder " may not use <" name ">: only gateway meets the outside world")
    else if (is_own_header && !is_private && name ~ foreign) refuse("<" name "> belongs into a .cpp file")
    next
  }

  { sub("//.*", "") }  # comments may talk about clocks

  /std::views::|ranges::(unique|remove|search|subrange)[(]/ {
    refuse("clang 14 does not compile ranges of this kind with the library of GCC 12")
  }

  is_inner && $0 ~ clock { refuse(folder " may not read the clock: only gateway does") }

  END { exit refused }
'
