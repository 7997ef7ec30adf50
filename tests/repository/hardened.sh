#!/usr/bin/env bash
# The program has what compiler and linker can do for it:
#
#   hardened.sh PROGRAM BUILD_TYPE
set -euo pipefail
program=$1
build_type=$2
command -v readelf >/dev/null || { echo 'no readelf here'; exit 77; }

status=0
must_say() {  # WHAT PATTERN TEXT
  grep -qE "$2" <<<"$3" && return
  echo "$program: $1" >&2
  status=1
}

headers=$(readelf -Wl "$program")
dynamic=$(readelf -Wd "$program")
symbols=$(readelf -W --dyn-syms "$program")
must_say 'not position-independent (PIE)' 'FLAGS_1.* PIE' "$dynamic"
must_say 'its relocations stay writable (RELRO)' 'GNU_RELRO' "$headers"
must_say 'not bound at the start (full RELRO)' 'FLAGS.*(BIND_NOW|NOW)' "$dynamic"
must_say 'its stack is executable' 'GNU_STACK.* RW ' "$headers"
must_say 'no stack protector' '__stack_chk_fail' "$symbols"
if [ "$build_type" != Debug ]; then  # it takes the optimiser
  must_say 'not fortified (_FORTIFY_SOURCE)' ' __[a-z]+_chk' "$symbols"
fi
if [ "$(uname -m)" = x86_64 ]; then
  # The loader turns it on only if every object of the program has it, the C library's own among them.
  # The mark of the whole program is not looked for: Debian's own start-up code lacks it.
  must_say 'no control-flow protection (endbr64)' 'endbr64' "$(objdump -d --disassemble=main "$program")"
fi
# The page of a large frame is touched at once, so that no guard page is jumped over: GCC compares in steps of 4096.
if command -v objdump >/dev/null && [ "$(uname -m)" = x86_64 ]; then
  grep -qE "or[bq]? +[$]0x0," < <(objdump -d --no-show-raw-insn "$program") || {
    echo "$program: no stack-clash protection" >&2
    status=1
  }
fi
must_say 'no checks of the standard library (_GLIBCXX_ASSERTIONS)' '__glibcxx_assert_fail' "$symbols"
if grep -qE '(RPATH|RUNPATH)' <<<"$dynamic"; then
  echo "$program: looks for libraries in a folder of its builder" >&2
  status=1
fi
exit $status
