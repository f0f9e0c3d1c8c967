#include <lapstrake/base/error.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/platform.hpp>
#include <string>

#include "support/catch.hpp"

using namespace lapstrake;
using oci::Platform;

TEST_CASE("platforms are read and written") {
  CHECK(Platform::parse("linux/amd64").text() == "linux/amd64");
  CHECK(Platform::parse("linux/arm64/v8").text() == "linux/arm64/v8");
  CHECK(Platform::parse("arm64").text() == "linux/arm64");
}

TEST_CASE("a platform that is none says what would be one") {
  const auto [text, help] =
      GENERATE(table<std::string, std::string>({{"linux/x86_64", "did you mean linux/amd64?"},
                                                {"aarch64", "did you mean linux/arm64?"},
                                                {"linux/amd46", "did you mean linux/amd64?"},
                                                {"linux/vax", "known architectures: amd64, arm64, arm"},
                                                {"", "OS/ARCHITECTURE"},
                                                {"linux/", "OS/ARCHITECTURE"},
                                                {"linux/arm/v7/x", "OS/ARCHITECTURE"},
                                                {"Linux/amd64", "OS/ARCHITECTURE"}}));
  CAPTURE(text);
  try {
    Platform::parse(text);
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK_THAT(error.help(), Contains(help));
  }
}

TEST_CASE("a variant that goes without saying matches") {
  const auto [a, b, same] = GENERATE(table<std::string, std::string, bool>({{"arm64", "linux/arm64/v8", true},
                                                                            {"linux/arm/v7", "arm", true},
                                                                            {"linux/arm/v6", "arm", false},
                                                                            {"linux/amd64/v2", "amd64", false},
                                                                            {"amd64", "arm64", false},
                                                                            {"windows/amd64", "amd64", false}}));
  CAPTURE(a, b);
  CHECK(Platform::parse(a).matches(Platform::parse(b)) == same);
  CHECK(Platform::parse(b).matches(Platform::parse(a)) == same);
}

TEST_CASE("parameters of a media type are passed over") {
  CHECK(oci::without_parameters("application/vnd.oci.image.index.v1+json; charset=utf-8") == oci::media_type::index);
  CHECK(oci::is_index(oci::media_type::docker_index));
  CHECK_FALSE(oci::is_manifest(oci::media_type::docker_index));
  CHECK(oci::is_layer(oci::media_type::docker_layer_gzip));
  CHECK_FALSE(oci::is_layer(oci::media_type::config));
}
