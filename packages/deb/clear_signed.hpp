// The lines around a clear-signed text (RFC 9580 7).
#pragma once
#include <string_view>

namespace lapstrake::packages::deb {

// Verifiers accept text around the signed message, and a reader of the whole file would trust it. Error{integrity} for
// any byte outside of the message and its signature, and for a second message.
void expect_only_signed_text(std::string_view text, std::string_view what);

}  // namespace lapstrake::packages::deb
