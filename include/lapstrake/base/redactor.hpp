// Collects the secrets of one run and removes them from everything that the run prints, also when a server echoes them.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace lapstrake {

// Code that reads, receives or creates a secret must call learn(); the printer passes every text through redacted()
// (SECURITY.md). Thread-safe.
class Redactor {
 public:
  // Shorter secrets are not redacted on their own: they would match parts of ordinary words.
  static constexpr std::size_t least_length = 6;

  Redactor();
  ~Redactor();
  Redactor(const Redactor&) = delete;
  Redactor& operator=(const Redactor&) = delete;

  // A password, token or key.
  void learn(std::string_view secret);
  // The password, `user:password` and its base64, as `Authorization: Basic` has it.
  void learn_login(std::string_view user, std::string_view password);

  // `text` with REDACTED in place of each secret: plain, in base64 (both alphabets, and inside a longer encoded text)
  // and in hex, both also of its percent-encoded form; each also percent-encoded, escaped as in JSON, XML or
  // `printable`, and cut off by "...". Digests are never changed.
  std::string redacted(std::string_view text) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lapstrake
