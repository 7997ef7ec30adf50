// SPDX-License-Identifier: MIT
// What the shared library shows of itself. Everything else in it is hidden.
#pragma once

#define BLUETTI_API __attribute__((visibility("default")))
