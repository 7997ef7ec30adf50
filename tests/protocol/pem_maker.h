// SPDX-License-Identifier: MIT
// Writes test certificates and keys as PEM.
#pragma once

#include <string>

#include "tests/protocol/pkcs12_maker.h"

namespace bluetti::protocol::test {

std::string certificate_pem(const Certified& certified);
std::string key_pem(const Certified& certified, const char* password = nullptr);  // nullptr: not encrypted

}  // namespace bluetti::protocol::test
