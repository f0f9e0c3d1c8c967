#include "openpgp.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::deb::openpgp {
namespace {

std::mutex& log_mutex() {
  static std::mutex one;
  return one;
}

}  // namespace

void check(rnp_result_t result, std::string_view act) {
  if (result == RNP_SUCCESS) return;
  throw Error(ErrorKind::internal, cat("librnp cannot ", act)).because(rnp_result_to_string(result));
}

Input input_of(std::string_view text) {
  Input input;
  const auto* data = reinterpret_cast<const std::uint8_t*>(text.data());
  check(rnp_input_from_memory(out(input), data, text.size(), false), "read a text");
  return input;
}

std::string bytes_of(const Output& output) {
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  check(rnp_output_memory_get_buf(output.get(), &bytes, &size, false), "return a text");
  return {reinterpret_cast<const char*>(bytes), size};
}

Silence::Silence() : lock_(log_mutex()), nowhere_(std::fopen("/dev/null", "we")), before_(stderr) {
  if (nowhere_) stderr = nowhere_.get();
}

Silence::~Silence() { stderr = before_; }

}  // namespace lapstrake::packages::deb::openpgp
