# Writes OUT, from which ctest takes a test for each suite of PROGRAM; see discover_suites in CMakeLists.txt.
execute_process(COMMAND ${PROGRAM} --gtest_list_tests WORKING_DIRECTORY ${FOLDER} TIMEOUT 60
  OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "(^|\n)[^ \n]+\\.( *#[^\n]*)?\n" suites "${listed}")
# A suite that skipped a test counts as skipped, unless one failed: only then does more follow the list of those skipped.
set(skipped "(\\[  SKIPPED \\][^\n]*\n)+$")
set(script)
foreach(line IN LISTS suites)
  string(REGEX REPLACE "^\n?([^ \n]+)\\..*$" "\\1" suite "${line}")
  string(APPEND script "add_test([==[${suite}]==] [==[${PROGRAM}]==] [==[--gtest_filter=${suite}.*]==])\n"
    "set_tests_properties([==[${suite}]==] PROPERTIES LABELS unit COST ${COST} WORKING_DIRECTORY [==[${FOLDER}]==]\n"
    "  SKIP_REGULAR_EXPRESSION [==[${skipped}]==])\n")
endforeach()
file(WRITE ${OUT} "${script}")
