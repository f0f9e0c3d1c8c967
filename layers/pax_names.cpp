#include "pax_names.hpp"

#include <algorithm>
#include <charconv>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::layers {
namespace {

constexpr std::size_t block_size = 512;

// An octal field of a ustar header; 0 when it is invalid.
std::size_t octal(std::string_view field) {
  const std::size_t from = std::min(field.find_first_not_of(' '), field.size());
  std::size_t value = 0;
  std::from_chars(field.data() + from, field.data() + field.size(), value, 8);
  return value;
}

// Records are "LENGTH KEY=VALUE\n"; LENGTH counts all of it.
bool has_nul_in_records(std::string_view records) {
  while (!records.empty()) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(records.data(), records.data() + records.size(), length);
    const auto digits = static_cast<std::size_t>(end - records.data());
    if (error != std::errc() || length <= digits || length > records.size()) return false;
    const std::string_view record = records.substr(digits, length - digits);
    if ((record.starts_with(" path=") || record.starts_with(" linkpath=")) && record.find('\0') != record.npos)
      return true;
    records.remove_prefix(length);
  }
  return false;
}

}  // namespace

void HeaderBytes::release_block() {
  if (keeps_) {
    const auto from = std::min<std::uint64_t>(std::max(kept_at_, block_at_) - block_at_, block_.size());
    const auto rest = block_.subspan(static_cast<std::size_t>(from));
    if (kept_.size() + rest.size() > limits::tar_headers)
      throw Error(ErrorKind::integrity,
                  cat("the headers of an entry are longer than ", human_size(limits::tar_headers)));
    kept_ += as_text(rest);
  }
  block_at_ += block_.size();
  block_ = {};
}

void HeaderBytes::begin(std::uint64_t at) {
  kept_.clear();
  kept_at_ = std::max(at, block_at_);
  keeps_ = true;
}

std::string_view HeaderBytes::end(std::uint64_t at) {
  keeps_ = false;
  const auto behind = [](std::string_view bytes, std::uint64_t begin, std::uint64_t from) {
    return bytes.substr(static_cast<std::size_t>(std::min<std::uint64_t>(std::max(from, begin) - begin, bytes.size())));
  };
  if (kept_.empty()) return behind(as_text(block_), block_at_, at);
  kept_ += as_text(block_);
  return behind(kept_, kept_at_, at);
}

bool has_nul_in_name(std::string_view headers) {
  while (headers.size() >= block_size) {
    const std::string_view header = headers.substr(0, block_size);
    const char type = header[156];
    if (header.substr(257, 5) != "ustar" || (type != 'x' && type != 'g' && type != 'L' && type != 'K')) return false;
    const std::size_t size = octal(header.substr(124, 12));
    headers.remove_prefix(block_size);
    if (size > headers.size()) return false;
    if ((type == 'x' || type == 'g') && has_nul_in_records(headers.substr(0, size))) return true;
    headers.remove_prefix(std::min(headers.size(), (size + block_size - 1) / block_size * block_size));
  }
  return false;
}

}  // namespace lapstrake::layers
