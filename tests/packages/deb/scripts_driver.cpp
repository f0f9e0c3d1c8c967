// Classifies packages by their maintainer scripts, for tests/packages/deb/survey_scripts.py.
//   scripts_driver review FILE.deb...          NAME, VERSION, class and hash of each package, and its actions
//   scripts_driver explain FILE.deb...         the same, with effects (=) and the lines that are not modelled (?)
//   scripts_driver php VERSION EXTENSION...    the Debian package of each extension, `built in`, or `unknown`
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/archive.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/php_extensions.hpp>
#include <lapstrake/packages/deb/scripts.hpp>

using namespace lapstrake;
using namespace lapstrake::packages;
using namespace lapstrake::packages::deb;
namespace fs = std::filesystem;

namespace {

Source source_of_file(std::ifstream& in) {
  return [&in](std::span<std::byte> buffer) -> std::size_t {
    in.read(reinterpret_cast<char*>(buffer.data()), static_cast<std::streamsize>(buffer.size()));
    return static_cast<std::size_t>(in.gcount());
  };
}

// `unpacked` must exist as long as the package is used.
Deb deb_of(const fs::path& path, const fs::path& unpacked) {
  const auto what = cat("`", path.string(), "`");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorKind::input, cat("cannot read ", what));
  AtomicFile file(unpacked.parent_path());
  UnpackedArchiveWriter out([&](Bytes part) { file.write(part); });
  unpack_deb(source_of_file(in), what, {}, out, {.packed_bytes = fs::file_size(path)});
  out.finish();
  file.publish_unsynced(unpacked);
  auto archive = UnpackedArchive::open(unpacked, what, what);
  if (!archive) throw Error(ErrorKind::internal, cat("cannot read what was unpacked of ", what));
  Deb deb;
  deb.archive = std::make_shared<const UnpackedArchive>(std::move(*archive));
  deb.path = path.string();
  const auto control = deb.control("control");
  const auto stanza = single_stanza(control, what);
  deb.name = stanza.value("Package");
  deb.version = stanza.value("Version");
  deb.architecture = stanza.value("Architecture");
  return deb;
}

void print(const Deb& deb, bool explains) {
  const auto found = review(deb, EffectTable::built_in(), {});
  std::cout << deb.name << '\t' << deb.version << '\t' << found.note() << '\t' << residue_hash(deb).substr(0, 16)
            << '\t' << (found.refusal.empty() ? join(found.actions, ", ") : cat("refused: ", found.refusal)) << '\n';
  if (!explains) return;
  for (const auto& effect : all_effects(deb, EffectTable::built_in()))
    std::cout << "  = " << effect.verb << ' ' << join(effect.words, " ") << '\n';
  for (const auto& line : found.rest)
    std::cout << "  ? " << line.script << ':' << line.number << ": " << printable(line.text) << '\n';
}

void print_php(std::string_view extension, std::string_view version) {
  const auto found = php_extension(extension, version);
  const std::string package = !found ? "unknown" : found->package.empty() ? "built in" : found->package;
  std::cout << extension << '\t' << package << '\n';
}

}  // namespace

int main(int count, char** words) try {
  const std::string command = count > 2 ? words[1] : "";
  if (command == "php")
    for (int i = 3; i < count; ++i) print_php(words[i], words[2]);
  else if (command == "review" || command == "explain")
    for (int i = 2; i < count; ++i) {
      const auto unpacked = fs::temp_directory_path() / cat("scripts_driver.", getpid());
      print(deb_of(words[i], unpacked), command == "explain");
      fs::remove(unpacked);
    }
  else
    return 2;
  return 0;
} catch (const Error& error) {
  std::cerr << report(error);
  return static_cast<int>(error.kind());
}
