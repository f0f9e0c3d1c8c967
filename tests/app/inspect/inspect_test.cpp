#include <lapstrake/app/inspect/inspect.hpp>
#include <lapstrake/base/text.hpp>
#include "largest.hpp"

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
  for (const auto& one : app::largest(inspection.images.at(0).layers)) lines.push_back(cat(one.path, " ", one.bytes));
  CHECK(lines == std::vector<std::string>{"usr 9000", "usr/lib 9000", "usr/lib/big 6000", "usr/lib/other 3000"});
  CHECK_THAT(app::report(inspection), Contains("5.9 KiB  /usr/lib/big\n"));
  const auto json = HandMade::Json::parse(app::report_json(inspection));
  CHECK(json["images"][0]["largest"][2] == HandMade::Json{{"path", "usr/lib/big"}, {"bytes", 6000}});
}
