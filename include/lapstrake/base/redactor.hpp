// The secrets of one run in one place, and what keeps them out of all that the run prints, whoever repeats them.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace lapstrake {

// Whoever reads, receives or makes a secret has it learnt; the one place that prints has each text redacted
// (SECURITY.md). Safe to use from several threads.
class Redactor {
 public:
  // Shorter secrets are not looked for by themselves: they would be found in ordinary words.
  static constexpr std::size_t least_length = 6;

  Redactor();
  ~Redactor();
  Redactor(const Redactor&) = delete;
  Redactor& operator=(const Redactor&) = delete;

  // A password, token or key.
  void learn(std::string_view secret);
  // The password, `user:password` and its base64, as `Authorization: Basic` has it.
  void learn_login(std::string_view user, std::string_view password);

  // Each secret in `text` as REDACTED: as it is, in base64 (both alphabets, and inside a longer encoded text) and in
  // hex, both also of its percent-encoded form; each also percent-encoded, escaped as in JSON, XML or `printable`, and
  // cut off by "...". Digests stay whole.
  std::string redacted(std::string_view text) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lapstrake
