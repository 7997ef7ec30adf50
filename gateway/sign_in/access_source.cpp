// SPDX-License-Identifier: MIT
#include "gateway/sign_in/access_source.h"

#include "gateway/sign_in/sign_in_access.h"

namespace bluetti::gateway {

AccessSourceResult make_access(const AccountConfig& account, Link link, const EventSink& sink) {
  if (account.sign_in) return std::make_unique<SignInAccess>(link, account, sink);
  return make_certificate_access(account, link, sink);
}

}  // namespace bluetti::gateway
