#include "../../src/store/layout_files.hpp"

#include <lapstrake/base/error.hpp>

#include "support/catch.hpp"

using namespace lapstrake;

// A regular file whose first page cannot be read: read(2) gives EIO.
TEST_CASE("a blob that the disk cannot read is an error with its path, however long it was open (S59)") {
  const auto source = [] {
    const std::filesystem::path path = "/proc/self/mem";
    return store::open_regular(path);
  }();
  REQUIRE(source);
  std::array<std::byte, 64> room;
  try {
    (*source)(room);
    FAIL("it was read");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::input);
    CHECK(error.summary() == "cannot read `/proc/self/mem`: Input/output error");
  }
}
