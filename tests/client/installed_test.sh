#!/usr/bin/env bash
# Installs the library from a build into an empty prefix, builds examples/ against it as an application would, and runs
# every example; then once more with pkg-config, and a program of the static parts.
#
#   installed_test.sh SOURCE BUILD COMPILER [FLAG...]
set -euo pipefail
source=$1 build=$2 compiler=$3
shift 3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix

fail() { printf '%s\n' "$@" >&2; exit 1; }
quietly() { "$@" >"$folder/log" 2>&1 || fail "$* failed:" "$(cat "$folder/log")"; }

for component in client client-dev; do
  quietly cmake --install "$build" --prefix "$prefix" --component "$component"
done

# No header of another project, and none of ours that is not installed.
foreign=$(grep -rnE '#include [<"](spdlog|fmt|nlohmann|mqtt|MQTT|openssl|toml|gateway/)' "$prefix/include/bluetti" || true)
[ -z "$foreign" ] || fail 'foreign headers in public ones:' "$foreign"

quietly cmake -S "$source/examples" -B "$folder/examples" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_FLAGS="$* -Wall -Wextra -Werror"
quietly cmake --build "$folder/examples" -j2
says() { # EXAMPLE PATTERN
  local output
  output=$("$folder/examples/$1") || fail "examples/$1 ends with $?"
  grep -qE "$2" <<<"$output" || fail "examples/$1 does not say '$2' but:" "$output"
}
says read '^frequency: (49\.[5-9]|50(\.[0-5])?) Hz$'
says read '^voltage: 2[0-9]+(\.[0-9])? V$'
says async '^first: [0-9.]+ V$'
says async '^second: [0-9.]+ V$'
says stream '^battery_voltage = [0-9.]+ V$'
says custom_schema '^heater: (off|heating), [0-9.]+ °C$'
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$build/bluetti-gateway" simulate --lan "127.0.0.1:$port" --model Balco260 >"$folder/station" 2>&1 &
station=$!
trap 'kill $station; rm -rf "$folder"' EXIT
for _ in {1..100}; do
  ! grep -q 'Modbus TCP station' "$folder/station" || break
  sleep 0.1
done
"$folder/examples/lan" 127.0.0.1 "$port" 2345000000001 Balco260 >"$folder/values" || fail "examples/lan ends with $?"
grep -qE '^soc = [0-9]+ %$' "$folder/values" || fail 'examples/lan does not print the state of charge but:' "$(cat "$folder/values")"
says write '^ac_output: confirmed, was (ON|OFF), is OFF$'
"$folder/examples/own_sink" "$folder/changes.jsonl" | grep -qE '^[0-9]+/grid_frequency = (49|50)' ||
  fail 'examples/own_sink does not print the frequency'
grep -qE '^\{"time":"[0-9T:.-]+Z","station":"[0-9]+","path":"grid_frequency","value":(49|50)[0-9.]*\}$' "$folder/changes.jsonl" ||
  fail 'examples/own_sink writes:' "$(head -3 "$folder/changes.jsonl")"
[ "$(grep -c . "$source/examples/read.cpp")" -le 25 ] || fail 'examples/read.cpp has more than 25 lines'
[ "$(grep -c . "$source/examples/async.cpp")" -le 40 ] || fail 'examples/async.cpp has more than 40 lines'

PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name bluetti-client.pc)")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046  # several words
quietly "$compiler" "$@" -std=c++20 "$source/examples/read.cpp" -o "$folder/read" $(pkg-config --cflags --libs bluetti-client)
LD_LIBRARY_PATH=$(pkg-config --variable=libdir bluetti-client) "$folder/read" | grep -q frequency ||
  fail 'the example built with pkg-config does not run'

# What the library shows of itself: names of the public headers alone.
shown=$(nm -DC --defined-only "$prefix"/lib*/libbluetti-client.so.1 2>/dev/null || nm -DC --defined-only "$(find "$prefix" -name libbluetti-client.so.1)")
others=$(awk '{ $1 = ""; print }' <<<"$shown" | grep -vE '^ [A-Z] (bluetti::|(typeinfo|typeinfo name|vtable) for bluetti::|BLUETTI_CLIENT_)' || true)
[ -z "$others" ] || fail 'the library shows more than its interface:' "$others"
inner=$(grep -E ' bluetti::(gateway|schemas|protocol|discovery)::' <<<"$shown" || true)
[ -z "$inner" ] || fail 'the library shows its inner parts:' "$inner"

mkdir "$folder/parts"
cat >"$folder/parts/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(parts LANGUAGES CXX)
find_package(bluetti-gateway CONFIG REQUIRED COMPONENTS protocol schemas discovery)
add_executable(parts main.cpp)
target_link_libraries(parts PRIVATE bluetti::protocol bluetti::schemas bluetti::discovery)
END
cat >"$folder/parts/main.cpp" <<'END'
#include <discovery/discovery.h>
#include <protocol/modbus.h>
#include <schemas/catalog.h>

int main() {
  const auto catalog = bluetti::schemas::Catalog::built_in();
  return bluetti::protocol::crc16({}) == 0xFFFF && catalog.model("AP300") != nullptr ? 0 : 1;
}
END
quietly cmake -S "$folder/parts" -B "$folder/parts/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_FLAGS="$*"
quietly cmake --build "$folder/parts/build"
"$folder/parts/build/parts" || fail 'a program of the static parts does not run'

# What a program pays that links the library and makes a client, beside one that links Paho and OpenSSL.
cat >"$folder/memory.cpp" <<'END'
#ifdef WITH_CLIENT
#include <bluetti/client.h>
#endif
#include <fstream>
#include <iostream>

int main() {
#ifdef WITH_CLIENT
  const bluetti::Client client({.way = bluetti::cloud({})});
#endif
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) std::cout << std::stoi(line.substr(6)) << '\n';
  }
}
END
if [[ $* != *sanitize* ]]; then
  quietly "$compiler" -std=c++20 "$folder/memory.cpp" -o "$folder/without" -Wl,--no-as-needed -lpaho-mqttpp3 -lpaho-mqtt3as -lssl -lcrypto
  # shellcheck disable=SC2046  # several words
  quietly "$compiler" -std=c++20 -DWITH_CLIENT "$folder/memory.cpp" -o "$folder/with" $(pkg-config --cflags --libs bluetti-client)
  without=$("$folder/without")
  with=$(LD_LIBRARY_PATH=$(pkg-config --variable=libdir bluetti-client) "$folder/with")
  [ $((with - without)) -le 6144 ] || fail "an empty client takes $((with - without)) kB more than Paho and OpenSSL"
fi
