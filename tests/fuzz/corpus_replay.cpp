// SPDX-License-Identifier: MIT
// Gives every file of the folders named as arguments to a fuzzer, in place of libFuzzer: what was found once stays
// found, with any compiler. A fault ends the program by a signal; an empty corpus is a fault, too.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int count, char** arguments) {
  std::size_t replayed = 0;
  for (int argument = 1; argument < count; ++argument) {
    for (const auto& entry : std::filesystem::directory_iterator(arguments[argument])) {
      std::cerr << entry.path().string() << std::endl;  // flushed: the last one named is the one that ended it
      std::ifstream file(entry.path(), std::ios::binary);
      const std::vector<char> input{std::istreambuf_iterator<char>(file), {}};
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
      ++replayed;
    }
  }
  return replayed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
