# Writes OUT, a C++ file with every word of letters that the program's own sources (SOURCES) and schema files can say:
# what stands in their string literals. Sorted, lower case, for bluetti::gateway::cli::own_words().
set(all "")
foreach(file IN LISTS SOURCES)
  file(READ "${file}" text)
  string(REGEX REPLACE "[][;]" " " text "${text}")  # CMake's own signs
  if(file MATCHES "\\.toml$")
    string(APPEND all " ${text}")
  else()
    string(REGEX REPLACE "\\\\." " " text "${text}")
    string(REGEX REPLACE "#include[^\n]*" " " text "${text}")
    string(REGEX REPLACE "//[^\n\"]*\n" "\n" text "${text}")
    string(REGEX MATCHALL "\"[^\"\n]*\"" literals "${text}")
    string(APPEND all " ${literals}")
  endif()
endforeach()
string(TOLOWER "${all}" all)
string(REGEX MATCHALL "[a-z]+" words "${all}")
list(REMOVE_DUPLICATES words)
list(SORT words)
string(REPLACE ";" "\", \"" words "${words}")
file(WRITE "${OUT}" "// Made by gateway/cli/vocabulary.cmake from the program's own texts.
#include \"gateway/cli/vocabulary.h\"

#include <array>

namespace bluetti::gateway::cli {
namespace {

constexpr std::array kWords = std::to_array<std::string_view>({\"${words}\"});

}  // namespace

std::span<const std::string_view> own_words() { return kWords; }

}  // namespace bluetti::gateway::cli
")
