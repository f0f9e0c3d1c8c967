#include <lapstrake/app/inspect/inspect.hpp>
#include <lapstrake/base/text.hpp>

#include "journey.hpp"
#include "layers/entries.hpp"
#include "layout.hpp"

using namespace lapstrake;

TEST_CASE("the largest paths are told, folders before what they hold, and small ones not") {
  HandMade made;
  const auto [bytes, diff_id] = made.layer(
      {layers::folder("usr"), layers::folder("usr/lib"), layers::file("usr/lib/big", std::string(6000, 'x')),
       layers::file("usr/lib/other", std::string(3000, 'y')), layers::file("etc-small", std::string(100, 'z'))});
  const auto layer = made.blob(bytes, oci::media_type::layer_gzip);
  made.root(made.manifest(made.config({diff_id}), {layer}).dump());
  app::Context context;
  context.runtime = process_runtime();
  context.store_root = made.dir / "store";
  const auto inspection = app::inspect(context, nullptr, made.reference(), {.files = true});
  std::vector<std::string> lines;
  for (const auto& one : inspection.images.at(0).largest) lines.push_back(cat(one.path, " ", one.bytes));
  CHECK(lines == std::vector<std::string>{"usr 9000", "usr/lib 9000", "usr/lib/big 6000", "usr/lib/other 3000"});
}
