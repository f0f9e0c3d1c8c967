// `fetch:`, `from:`, `edit:` and globs of `remove:` in whole builds.
#include <lapstrake/app/check/check.hpp>
#include <lapstrake/app/inspect/inspect.hpp>
#include <lapstrake/app/pin/lock.hpp>
#include <lapstrake/layers/tar.hpp>

#include "journey.hpp"
#include "support/scripted_server.hpp"

using namespace lapstrake;

namespace {

struct Workbench : Journey {
  void lay(const std::string& images) { dir.write("lapstrake.yaml", cat("images:\n", images)); }
  app::BuiltImage built(const std::string& name) { return app::build(context(), project(), {name}, {}).at(0); }
  // "usr/bin/tool 0755 1:2 text", one for each entry of the image's last layer.
  std::vector<std::string> last_layer(const app::BuiltImage& image) {
    const auto store = store::Store::open(context().store_root);
    std::vector<std::string> out;
    layers::read_tar(store.open_blob(image.layers.at(0).layers.back().blob), "the layer",
                     [&](const layers::TarEntry& entry, const Source& data) {
                       std::string mode;
                       for (int shift = 9; shift >= 0; shift -= 3)
                         mode += static_cast<char>('0' + ((entry.mode >> shift) & 7));
                       out.push_back(cat(entry.path, " ", mode, " ", entry.uid, ":", entry.gid,
                                         entry.kind == layers::Kind::file ? cat(" ", read_all(data, 1000, "x")) : "",
                                         *entry.target));
                     });
    return out;
  }
};

using Texts = std::vector<std::string>;

const char* const base = R"(  base:
    repository: unused.example/base
    users: [ { name: alice, uid: 1500 } ]
    layers:
      - name: root
        directories: [ { path: /etc/conf.d }, { path: /usr/bin } ]
        symlinks: [ { path: /bin, target: usr/bin } ]
        files:
          - { path: /etc/app.ini, text: "debug = 1\nport = 80\n", mode: "0640", owner: "5:6" }
          - { path: /etc/conf.d/a.conf, text: a }
          - { path: /etc/conf.d/b.conf, text: b }
          - { path: /usr/bin/tool, text: "tool", mode: "0755" }
)";

}  // namespace

TEST_CASE("an edit changes a file of the base or of a layer of the same image") {
  Workbench bench;
  bench.lay(cat(base, "  user: { base: \"oci:", (bench.dir / "base").string(), "\", layers: [ ", R"(
        { name: first, edit: [ { path: /etc/app.ini, replace: "debug = 1", with: "debug = 0" } ], files: [ { path: /etc/own.ini, text: "x" } ] },
        { name: second, edit: [ { path: /etc/app.ini, append: "end\n" }, { path: /etc/own.ini, replace: x, with: y } ] } ] }
)"));
  app::build(bench.context(), bench.project(), {"base"},
             {{.where = oci::parse_disk_reference(cat("oci:", (bench.dir / "base").string()))}});
  CHECK(bench.last_layer(bench.built("user")) ==
        Texts{"etc/app.ini 0640 5:6 debug = 0\nport = 80\nend\n", "etc/own.ini 0644 0:0 y"});
}

TEST_CASE("files of another image of the spec are copied with owner and mode, through its links") {
  Workbench bench;
  bench.lay(cat(R"(  user:
    layers:
      - name: all
        from:
          - { image: base, path: /bin/tool, to: /opt/bin/ }
          - { image: base, path: /etc, to: /settings, exclude: ["**/b.conf", passwd, group] }
          - { image: base, path: /etc/app.ini, to: /own.ini, owner: "7", mode: "0600" }
)",
                base));
  CHECK(bench.last_layer(bench.built("user")) == Texts{"opt 0755 0:0", "opt/bin 0755 0:0", "opt/bin/tool 0755 0:0 tool",
                                                       "own.ini 0600 7:7 debug = 1\nport = 80\n", "settings 0755 0:0",
                                                       "settings/app.ini 0640 5:6 debug = 1\nport = 80\n",
                                                       "settings/conf.d 0755 0:0",
                                                       "settings/conf.d/a.conf 0644 0:0 a"});
  const auto first = bench.built("user").root.digest;
  CHECK(bench.built("user").root.digest == first);
}

TEST_CASE("an image that several images copy from is built once for each build") {
  Workbench bench;
  const auto from = [](const char* name, const char* first, const char* second) {
    return cat("  ", name, ": { layers: [ { name: ", name, ", from: [ { image: ", first,
               ", path: /bin/tool, to: /usr/bin/tool }, { image: ", second,
               ", path: /etc/app.ini, to: /etc/app.ini } ]", ", symlinks: [ { path: /bin, target: usr/bin } ] } ] }\n");
  };
  const auto lay = [&](const std::string& of_base) {
    bench.lay(cat(from("user", "left", "right"), from("left", "base", "base"), from("right", "left", "base"), of_base));
  };
  lay(base);
  auto context = bench.context();
  std::map<std::string, int> layers;
  context.report.progress = [&](const app::Event& event) {
    const std::lock_guard lock(bench.mutex);
    if (event.kind == app::Event::Kind::finished || event.kind == app::Event::Kind::reused) ++layers[event.image];
  };
  const auto first = app::build(context, bench.project(), {"user", "left"}, {});
  CHECK(layers["base"] == 2);  // "root" and the accounts
  CHECK(layers["left"] == 1);
  CHECK(layers["right"] == 1);
  REQUIRE(first.size() == 2);
  lay(replace_all(cat("", base), "debug = 1", "debug = 2"));
  const auto second = app::build(context, bench.project(), {"user", "left"}, {});  // as `build --watch` does
  CHECK(second[0].root.digest != first[0].root.digest);
  CHECK(second[1].root.digest != first[1].root.digest);
}

TEST_CASE("a layer with files of another image is kept for the same image, and made again for another manifest") {
  Workbench bench;
  auto context = bench.context();
  int reused = 0;
  context.report.progress = [&](const app::Event& event) {
    const std::lock_guard lock(bench.mutex);
    reused += event.image == "user" && event.kind == app::Event::Kind::reused;
  };
  const auto build = [&](const std::string& label) {
    bench.lay(cat("  user: { layers: [ { name: a, from: [ { image: base, path: /usr/bin/tool, to: /tool } ] } ] }\n",
                  base, "    labels: { version: \"", label, "\" }\n"));
    return app::build(context, bench.project(), {"user"}, {}).at(0).root.digest;
  };
  const auto first = build("1");
  CHECK(build("1") == first);
  CHECK(reused == 1);
  CHECK(build("2") == first);
  CHECK(reused == 1);
}

TEST_CASE("an image of a registry that `from` names is locked as a base is") {
  Workbench bench;
  bench.lay(
      replace_all(cat("", base), "unused.example/base", cat(bench.box->registry_host(), "/base\n    tags: [v1]")));
  app::push(bench.context(), bench.project(), {"base"}, {});
  const auto reference = cat(bench.box->registry_host(), "/base:v1");
  bench.lay(cat("  user: { layers: [ { name: a, from: [ { image: \"", reference,
                "\", path: /usr/bin/tool, to: /tool } ] } ] }\n"));
  const auto changes = app::lock(bench.context(), bench.project());
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].name == reference);
  auto project = bench.project();
  app::pin_bases(bench.context(), project);
  CHECK(project.images.at(0).layers.at(0).from_images.at(0).pin == changes[0].after);
  CHECK(bench.last_layer(app::build(bench.context(), project, {}, {}).at(0)) == Texts{"tool 0755 0:0 tool"});
}

TEST_CASE("a path that another image lacks is reported with the nearest name") {
  Workbench bench;
  bench.lay(
      cat("  user: { layers: [ { name: a, from: [ { image: base, path: /usr/bin/tol, to: /tool } ] } ] }\n", base));
  const auto error = failure_of([&] { bench.built("user"); });
  CHECK(error.kind() == ErrorKind::input);
  CHECK(error.help() == "did you mean `/usr/bin/tool`?");
}

TEST_CASE("a file is fetched once, for its platform, and verified") {
  Workbench bench;
  const ScriptedServer server([](const std::string& request) {
    return ScriptedServer::reply("200 OK", "", request.find("-amd64") == std::string::npos ? "other" : "amd64");
  });
  const auto spec = [&](const std::string& text) {
    return cat("  user: { layers: [ { name: a, fetch: [ { url: \"", server.url("/tool-${platform.arch}"),
               "\", to: /usr/bin/, mode: \"0755\", sha256: \"", oci::Digest::of(text).hex(), "\" } ] } ] }\n");
  };
  bench.lay(spec("amd64"));
  CHECK(bench.last_layer(bench.built("user")) ==
        Texts{"usr 0755 0:0", "usr/bin 0755 0:0", "usr/bin/tool-amd64 0755 0:0 amd64"});
  bench.built("user");
  CHECK(server.requests().size() == 1);
  bench.lay(spec("changed"));
  CHECK(failure_of([&] { bench.built("user"); }).kind() == ErrorKind::integrity);
}

TEST_CASE("a fetched archive is unpacked, and the layer is not packed again") {
  Workbench bench;
  std::string tar;
  layers::TarWriter writer([&](Bytes bytes) { tar += as_text(bytes); }, 0);
  for (const std::string name : {"tool-1/bin/tool", "tool-1/doc/readme"}) {
    layers::Entry entry;
    entry.path = name;
    entry.size = name.size();
    entry.uid = 9;
    writer.header(entry);
    writer.data(as_bytes(name));
  }
  writer.finish();
  const ScriptedServer server([&](const std::string&) { return ScriptedServer::reply("200 OK", "", tar); });
  bench.lay(cat("  user: { layers: [ { name: a, fetch: [ { url: \"", server.url("/tool.tar"),
                "\", to: /opt, unpack: true, strip_components: 1, exclude: [doc], sha256: \"",
                oci::Digest::of(tar).hex(), "\" } ] } ] }\n"));
  CHECK(bench.last_layer(bench.built("user")) ==
        Texts{"opt 0755 0:0", "opt/bin 0755 0:0", "opt/bin/tool 0644 9:0 tool-1/bin/tool"});
  bench.messages.clear();
  bench.built("user");
  CHECK(bench.messages.find("unchanged") != std::string::npos);
}
