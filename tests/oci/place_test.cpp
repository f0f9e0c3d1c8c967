#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/place.hpp>
#include <map>
#include <string>

#include "oci/samples.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::oci;

namespace {

// A place in memory.
struct World {
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
    const Place place{.name = "oci:out",
                      .root = [&] { return root; },
                      .text =
                          [this](const Descriptor& descriptor) {
                            ++reads;
                            return texts.at(descriptor.digest.text());
                          },
                      .open = nullptr};
    return oci::load(place, Platform::parse(platform));
  }
};

}  // namespace

TEST_CASE("an index gives the first image that fits, whatever stands before it") {
  World world;
  const auto wanted = World::on(world.image("linux/arm64/v8"), "linux", "arm64", "v8");
  const auto root = world.index({World::on(world.put("no manifest", media_type::manifest), "unknown", "unknown"),
                                 World::on(world.image("amd64"), "linux", "amd64"), wanted, world.image("arm64")});
  const auto loaded = world.load(root, "arm64");
  CHECK(loaded.manifest_descriptor == wanted);
  CHECK(loaded.config.platform.text() == "linux/arm64/v8");
  CHECK(render(loaded.manifest) == loaded.manifest_text);
}

TEST_CASE("a child without a platform is asked itself, and an index in an index too") {
  World world;
  const auto inner = world.index({world.image("s390x"), world.image("arm64")});
  const auto root = world.index({world.image("amd64"), inner});
  CHECK(world.load(root, "arm64").config.platform.architecture == "arm64");
}

TEST_CASE("a platform that an image does not have is answered with those that it has") {
  World world;
  const auto index = world.index({World::on(world.image("amd64"), "linux", "amd64"), world.image("arm64")});
  const auto single = world.image("amd64");
  const auto empty = world.index({});
  const auto [root, has] = GENERATE_COPY(table<Descriptor, std::string>(
      {{index, "it has linux/amd64, linux/arm64"}, {single, "it has linux/amd64"}, {empty, "it has no image at all"}}));
  try {
    world.load(root, "riscv64");
    FAIL("there is none");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::input);
    CHECK(error.summary() == "`oci:out` has no image for linux/riscv64");
    CHECK(error.reason() == has);
  }
}

TEST_CASE("an old config without the variant that its index gives is taken") {
  World world;
  const auto root = world.index({World::on(world.image("linux/arm"), "linux", "arm", "v6")});
  CHECK(world.load(root, "linux/arm/v6").config.platform.text() == "linux/arm");
}

TEST_CASE("an index that lies about its image is not believed") {
  World world;
  const auto root = world.index({World::on(world.image("amd64"), "linux", "arm64")});
  CHECK_THROWS_WITH(world.load(root, "arm64"), Contains("has no image for linux/arm64"));
}

TEST_CASE("a config that counts other layers than the manifest is refused") {
  World world;
  CHECK_THROWS_WITH(world.load(world.image("amd64", 2), "amd64"), Contains("has 1 layer but its config counts 2"));
}

TEST_CASE("an artifact is not an image") {
  World world;
  Manifest manifest = samples::manifest();
  manifest.config = world.put("{}", media_type::empty);
  CHECK_THROWS_WITH(world.load(world.put(render(manifest), media_type::manifest), "amd64"),
                    Contains("is not a container image"));
}

TEST_CASE("indexes do not nest without end") {
  World world;
  auto root = world.image("amd64");
  for (int depth = 0; depth < 6; ++depth) root = world.index({root});
  CHECK_THROWS_WITH(world.load(root, "amd64"), Contains("nested deeper than 4 levels"));
}

TEST_CASE("indexes that name one another many times are read once each (S14)") {
  World world;
  auto next = World::on(world.put("no manifest", media_type::manifest), "plan9", "vax");
  for (int level = 0; level < 4; ++level) next = world.index(std::vector<Descriptor>(300, next));
  CHECK_THROWS_WITH(world.load(next, "amd64"), Contains("has no image for linux/amd64"));
  CHECK(world.reads == 4);
}

TEST_CASE("an index that makes too many manifests be read is refused") {
  World world;
  const auto other = world.image("arm64");
  const auto root = world.index(std::vector<Descriptor>(6'000, other));
  CHECK_THROWS_WITH(world.load(root, "amd64"), Contains("refers to more than 10000 manifests"));
}

TEST_CASE("an index of many platforms tells some of them") {
  World world;
  std::vector<Descriptor> children;
  const auto image = world.image("arm64");
  for (int i = 0; i < 2'000; ++i) children.push_back(World::on(image, "linux", "arm64", cat("v", i + 9)));
  try {
    world.load(world.index(children), "amd64");
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(report(error).size() < 5'000);
  }
}
