// librnp's types with owners, and its errors.
#pragma once
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include <cstdio>
#include <lapstrake/base/c_handle.hpp>
#include <mutex>
#include <string>
#include <string_view>

namespace lapstrake::packages::deb::openpgp {

using Library = CHandle<rnp_ffi_st, rnp_ffi_destroy>;
using Input = CHandle<rnp_input_st, rnp_input_destroy>;
using Output = CHandle<rnp_output_st, rnp_output_destroy>;
using Verification = CHandle<rnp_op_verify_st, rnp_op_verify_destroy>;
using Key = CHandle<rnp_key_handle_st, rnp_key_handle_destroy>;
using SignatureHandle = CHandle<rnp_signature_handle_st, rnp_signature_handle_destroy>;
using Text = CHandle<char, rnp_buffer_destroy>;

// An argument through which a function of librnp returns a handle: rnp_ffi_create(out(library), ...).
template <class Owner>
class Out {
 public:
  explicit Out(Owner& owner) : owner_(owner) {}
  ~Out() { owner_.reset(handle_); }
  Out(const Out&) = delete;
  Out& operator=(const Out&) = delete;
  operator typename Owner::pointer *() { return &handle_; }

 private:
  Owner& owner_;
  typename Owner::pointer handle_ = nullptr;
};
template <class Owner>
Out<Owner> out(Owner& owner) {
  return Out<Owner>(owner);
}

// The text that a function of librnp returns; empty if it fails.
template <class Call>
std::string text_of(Call&& call) {
  Text text;
  const auto result = call(static_cast<char**>(out(text)));
  return result == RNP_SUCCESS && text ? text.get() : std::string();
}

// Error{internal} unless the call succeeded. `act`: "read a fingerprint".
void check(rnp_result_t result, std::string_view act);

// The text must outlive it.
Input input_of(std::string_view text);
std::string bytes_of(const Output& output);

// While it exists, librnp prints nothing. Debian builds librnp so that it logs to `stderr` whatever
// rnp_ffi_set_log_fd() says. In glibc `stderr` is a variable (glibc manual, "Standard Streams"), and nothing else in
// this program uses it. Only one thread has it at a time.
class Silence {
 public:
  Silence();
  ~Silence();
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  std::lock_guard<std::mutex> lock_;
  CHandle<std::FILE, std::fclose> nowhere_;
  std::FILE* before_;
};

}  // namespace lapstrake::packages::deb::openpgp
