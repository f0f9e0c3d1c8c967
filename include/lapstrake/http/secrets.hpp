// Registers the secrets in requests and replies with the Redactor.
#pragma once
#include <lapstrake/base/redactor.hpp>
#include <lapstrake/http/message.hpp>
#include <memory>
#include <string_view>

namespace lapstrake::http {

// The query values of an address that are credentials or signatures: X-Amz-Signature, sig, token, _state, ...; and its
// login, if it has one. `address` may be invalid.
void learn_address(Redactor& secrets, std::string_view address);

// The login of a proxy's address, however it is written, and each value of its query.
void learn_proxy(Redactor& secrets, std::string_view address);

// Learns the credentials of each request, and the secrets in the Location of each reply, before it returns.
Transport with_learnt_secrets(Transport inner, std::shared_ptr<Redactor> secrets);

}  // namespace lapstrake::http
