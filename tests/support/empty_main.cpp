// SPDX-License-Identifier: MIT
// Links a library with what it says that it uses, and nothing else.
int main() {}
