// A simple binary format for files of the store: numbers (little-endian) and texts in sequence.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/sha256.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lapstrake {

class RecordWriter {
 public:
  void number(std::uint64_t value) {
    for (unsigned i = 0; i < 8; ++i) text_ += static_cast<char>(value >> (8 * i));
  }
  template <std::size_t size>
  void fixed(const std::array<std::byte, size>& bytes) {
    text_ += as_text(bytes);
  }
  void text(std::string_view text) {
    number(text.size());
    text_ += text;
  }
  std::string take() { return std::exchange(text_, {}); }
  std::size_t size() const { return text_.size(); }

 private:
  std::string text_;
};

// Writes records to a sink, and at the end their SHA-256.
class SummedSink {
 public:
  explicit SummedSink(const Sink& sink) : sink_(sink) {}
  void write(RecordWriter& records) {
    const std::string text = records.take();
    hash_.write(as_bytes(text));
    sink_(as_bytes(text));
  }
  void write_if_full(RecordWriter& records) {
    if (records.size() > (64u << 10)) write(records);
  }
  void finish() { sink_(hash_.finish()); }

 private:
  const Sink& sink_;
  Sha256 hash_;
};

// The bytes that SummedSink wrote after `magic`, without the sum; nullopt when magic or sum do not match.
inline std::optional<std::string_view> summed_body(std::string_view bytes, std::string_view magic) {
  constexpr std::size_t sum_size = sizeof(Sha256Sum);
  if (!bytes.starts_with(magic) || bytes.size() < magic.size() + sum_size) return std::nullopt;
  const auto body = bytes.substr(magic.size(), bytes.size() - magic.size() - sum_size);
  if (as_text(sha256(as_bytes(body))) != bytes.substr(bytes.size() - sum_size)) return std::nullopt;
  return body;
}

// Reading past the end gives zeros and empty texts, and sets `failed`.
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number() {
    const auto bytes = take(8);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
      value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return value;
  }
  template <std::size_t size>
  std::array<std::byte, size> fixed() {
    std::array<std::byte, size> out{};
    const auto bytes = take(size);
    std::transform(bytes.begin(), bytes.end(), out.begin(), [](char c) { return static_cast<std::byte>(c); });
    return out;
  }
  std::string_view text() { return take(number()); }
  // A count of items of at least `each` bytes; fails when they would not fit into the rest.
  std::size_t count(std::size_t each) {
    const std::uint64_t value = number();
    failed_ = failed_ || value > rest_.size() / each;
    return failed_ ? 0 : static_cast<std::size_t>(value);
  }
  bool failed() const { return failed_; }
  bool ended() const { return rest_.empty(); }

 private:
  std::string_view take(std::uint64_t size) {
    failed_ = failed_ || size > rest_.size();
    if (failed_) return {};
    const auto out = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(out.size());
    return out;
  }

  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace lapstrake
