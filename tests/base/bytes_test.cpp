#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/error.hpp>

#include "support/catch.hpp"

using namespace lapstrake;

TEST_CASE("a copied source is the same stream") {
  const Source source = source_of("abcdef");
  const Source copy = source;
  std::string all(2, ' ');
  CHECK(copy(std::as_writable_bytes(std::span(all))) == 2);
  CHECK(all + read_all(source, 10, "it") == "abcdef");
  CHECK(read_all(copy, 10, "it").empty());
}

TEST_CASE("a stop request ends a copy between two pieces") {
  std::stop_source stop;
  const std::string text(1 << 20, 'x');
  std::size_t pieces = 0;
  const auto sink = [&](Bytes) { ++pieces, stop.request_stop(); };
  CHECK_THROWS_AS(drain(source_of(text), sink, stop.get_token()), Interrupted);
  CHECK(pieces == 1);
}
