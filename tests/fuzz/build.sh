#!/usr/bin/env bash
# Builds the fuzz targets as OSS-Fuzz wants it: with the compilers, flags and engine of its base image (CC, CXX, CFLAGS,
# CXXFLAGS, LIB_FUZZING_ENGINE), into OUT, each with its corpus beside it as NAME_seed_corpus.zip and the libraries that
# the base image does not have in OUT/lib. Without these variables it is clang, libFuzzer and AddressSanitizer, into
# build/oss-fuzz/out.
set -euo pipefail
cd "$(dirname "$0")/../.."

export CC=${CC:-clang} CXX=${CXX:-clang++}
sanitized='-O1 -fno-omit-frame-pointer -gline-tables-only -fsanitize=address,fuzzer-no-link'
export CFLAGS=${CFLAGS-$sanitized} CXXFLAGS=${CXXFLAGS-$sanitized}
engine=${LIB_FUZZING_ENGINE:--fsanitize=fuzzer}
build=${WORK:-$PWD/build/oss-fuzz}/build
out=${OUT:-$PWD/build/oss-fuzz/out}

cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DGATEWAY_FUZZ=ON -DGATEWAY_FUZZING_ENGINE="$engine" \
  -DCMAKE_EXE_LINKER_FLAGS="-Wl,-rpath,'\$ORIGIN/lib'" -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON
targets=()
for file in tests/fuzz/*_fuzzer.cpp; do targets+=("$(basename "$file" .cpp)"); done
cmake --build "$build" --target "${targets[@]}"

mkdir -p "$out/lib"
for target in "${targets[@]}"; do
  cp "$build/$target" "$out/"
  python3 -m zipfile -c "$out/${target}_seed_corpus.zip" tests/fuzz/corpus/"${target%_fuzzer}"/*
  ldd "$build/$target" | awk '$2 == "=>" { print $3 }' | grep -Ev '/lib(c|m|dl|rt|pthread|gcc_s)\.so' |
    while read -r library; do cp -n "$library" "$out/lib/"; done
done
echo "${#targets[@]} fuzz targets in $out"
