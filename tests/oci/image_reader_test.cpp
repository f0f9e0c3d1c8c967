#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <map>
#include <string>

#include "oci/samples.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::oci;

namespace {

// A place in memory.
struct Images {
  std::map<std::string, std::string> texts;
  mutable int reads = 0;

  Descriptor put(const std::string& text, std::string_view type) {
    auto descriptor = descriptor_of(text, type);
    texts[descriptor.digest.text()] = text;
    return descriptor;
  }
  // An image whose one layer says who it is.
  Descriptor image(const std::string& platform, std::size_t diff_ids = 1) {
    ImageConfig config;
    config.platform = Platform::parse(platform);
    config.diff_ids.assign(diff_ids, Digest::of(platform));
    const Manifest manifest{.media_type = std::string(media_type::manifest),
                            .config = put(render(config), media_type::config),
                            .layers = {descriptor_of(platform, media_type::layer)}};
    return put(render(manifest), media_type::manifest);
  }
  static Descriptor on(Descriptor child, const std::string& os, const std::string& architecture,
                       const std::string& variant = {}) {
    child.platform = Platform{.os = os, .architecture = architecture, .variant = variant};
    return child;
  }
  Descriptor index(std::vector<Descriptor> children) {
    return put(render(Index{.media_type = std::string(media_type::index), .manifests = std::move(children)}),
               media_type::index);
  }
  LoadedImage load(const Descriptor& root, const std::string& platform) const {
    const ImageReader reader{.name = "oci:out",
                             .root = [&] { return root; },
                             .text =
                                 [this](const Descriptor& descriptor) {
                                   ++reads;
                                   return texts.at(descriptor.digest.text());
                                 },
                             .open = nullptr};
    return oci::load(reader, Platform::parse(platform));
  }
};

}  // namespace

TEST_CASE("an index gives the first image that fits, whatever stands before it") {
  Images images;
  const auto wanted = Images::on(images.image("linux/arm64/v8"), "linux", "arm64", "v8");
  const auto root = images.index({Images::on(images.put("no manifest", media_type::manifest), "unknown", "unknown"),
                                  Images::on(images.image("amd64"), "linux", "amd64"), wanted, images.image("arm64")});
  const auto loaded = images.load(root, "arm64");
  CHECK(loaded.manifest_descriptor == wanted);
  CHECK(loaded.config.platform.text() == "linux/arm64/v8");
  CHECK(render(loaded.manifest) == loaded.manifest_text);
}

TEST_CASE("a child without a platform is asked itself, and an index in an index too") {
  Images images;
  const auto inner = images.index({images.image("s390x"), images.image("arm64")});
  const auto root = images.index({images.image("amd64"), inner});
  CHECK(images.load(root, "arm64").config.platform.architecture == "arm64");
}

TEST_CASE("a platform that an image does not have is answered with those that it has") {
  Images images;
  const auto index = images.index({Images::on(images.image("amd64"), "linux", "amd64"), images.image("arm64")});
  const auto single = images.image("amd64");
  const auto empty = images.index({});
  const auto [root, has] = GENERATE_COPY(table<Descriptor, std::string>(
      {{index, "it has linux/amd64, linux/arm64"}, {single, "it has linux/amd64"}, {empty, "it has no images"}}));
  try {
    images.load(root, "riscv64");
    FAIL("there is none");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::input);
    CHECK(error.summary() == "`oci:out` has no image for linux/riscv64");
    CHECK(error.reason() == has);
  }
}

TEST_CASE("an old config without the variant that its index gives is taken") {
  Images images;
  const auto root = images.index({Images::on(images.image("linux/arm"), "linux", "arm", "v6")});
  CHECK(images.load(root, "linux/arm/v6").config.platform.text() == "linux/arm");
}

TEST_CASE("an index that lies about its image is not believed") {
  Images images;
  const auto root = images.index({Images::on(images.image("amd64"), "linux", "arm64")});
  CHECK_THROWS_WITH(images.load(root, "arm64"), Contains("has no image for linux/arm64"));
}

TEST_CASE("a config that counts other layers than the manifest is refused") {
  Images images;
  CHECK_THROWS_WITH(images.load(images.image("amd64", 2), "amd64"), Contains("has 1 layer but its config lists 2"));
}

TEST_CASE("an artifact is not an image") {
  Images images;
  Manifest manifest = samples::manifest();
  manifest.config = images.put("{}", media_type::empty);
  CHECK_THROWS_WITH(images.load(images.put(render(manifest), media_type::manifest), "amd64"),
                    Contains("is not a container image"));
}

TEST_CASE("indexes do not nest without end") {
  Images images;
  auto root = images.image("amd64");
  for (int depth = 0; depth < 6; ++depth) root = images.index({root});
  CHECK_THROWS_WITH(images.load(root, "amd64"), Contains("nested deeper than 4 levels"));
}

TEST_CASE("indexes that name one another many times are read once each (S14)") {
  Images images;
  auto next = Images::on(images.put("no manifest", media_type::manifest), "plan9", "vax");
  for (int level = 0; level < 4; ++level) next = images.index(std::vector<Descriptor>(300, next));
  CHECK_THROWS_WITH(images.load(next, "amd64"), Contains("has no image for linux/amd64"));
  CHECK(images.reads == 4);
}

TEST_CASE("an index that makes too many manifests be read is refused") {
  Images images;
  std::vector<Descriptor> others;
  for (int i = 0; i < 6'000; ++i) others.push_back(images.image(cat("linux/arm64/v", i + 9)));
  const auto root = images.index(others);
  CHECK_THROWS_WITH(images.load(root, "amd64"), Contains("refers to more than 10000 manifests"));
}

TEST_CASE("an index of many platforms tells some of them") {
  Images images;
  std::vector<Descriptor> children;
  const auto image = images.image("arm64");
  for (int i = 0; i < 2'000; ++i) children.push_back(Images::on(image, "linux", "arm64", cat("v", i + 9)));
  try {
    images.load(images.index(children), "amd64");
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(report(error).size() < 5'000);
  }
}
