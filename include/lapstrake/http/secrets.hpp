// What a run learns of secrets from its own traffic, for the Redactor.
#pragma once
#include <lapstrake/base/redactor.hpp>
#include <lapstrake/http/message.hpp>
#include <memory>
#include <string_view>

namespace lapstrake::http {

// The values of an address that give access to something or prove who asks: X-Amz-Signature, sig, token, _state, ...;
// and its login, if it has one. `address` need not be one that can be parsed.
void learn_address(Redactor& secrets, std::string_view address);

// The login of a proxy's address, in whatever form it is written, and each value of its query.
void learn_proxy(Redactor& secrets, std::string_view address);

// Has learnt what each request proves itself with and what each reply sends it to.
Transport with_learnt_secrets(Transport inner, std::shared_ptr<Redactor> secrets);

}  // namespace lapstrake::http
