#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/effect_table.hpp>

#include "built_in_effects.hpp"

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view what = "the table of effects";

Error invalid(std::string_view package, std::string_view text) {
  return Error(ErrorKind::internal, cat(what, " has an invalid line under `", package, "`: ", printable(text)));
}

std::vector<std::string> texts(const std::vector<std::string_view>& views) { return {views.begin(), views.end()}; }

bool is_hash(std::string_view text) {
  return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

// "bookworm trixie 0123456789abcdef"
std::string hash_of(std::string_view package, std::string_view line) {
  const auto words = words_of(line);
  if (words.size() < 2 || !is_hash(words.back())) throw invalid(package, line);
  return std::string(words.back());
}

// The words that hold text with blanks: the first of them, counted from 0 with the verb. 0: none.
std::size_t text_word_of(std::string_view verb) {
  if (verb == "refuse") return 1;
  if (verb == "file") return 4;
  return verb == "user" ? 6 : 0;
}

Effect effect_of(std::string_view line) {
  const auto words = words_of(line);
  Effect out{.verb = std::string(words.front()), .words = {}};
  const auto text_word = text_word_of(words.front());
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (i == text_word) {
      const auto offset = static_cast<std::size_t>(words[i].data() - line.data());
      out.words.emplace_back(trim(line.substr(offset)));
      break;
    }
    out.words.emplace_back(words[i]);
  }
  return out;
}

PackageEffects entry_of(const Stanza& stanza, std::string_view package) {
  PackageEffects out{.package = std::string(package), .hashes = {}, .effects = {}, .note = {}};
  for (const auto line : lines_of(stanza.value("Scripts"))) out.hashes.push_back(hash_of(package, line));
  for (const auto line : lines_of(stanza.value("Effects"))) out.effects.push_back(effect_of(line));
  out.note = join(texts(words_of(stanza.value("Note"))), " ");
  return out;
}

// Names before globs, then long globs before short ones.
std::size_t precision(std::string_view name) { return is_glob(name) ? name.size() : std::string_view::npos; }

}  // namespace

EffectTable::EffectTable(std::string_view text) {
  for_each_stanza(text, what, [&](const Stanza& stanza) {
    if (const auto version = stanza.find("Version")) {
      version_ = *version;
      return;
    }
    const auto names = words_of(stanza.value("Package"));
    if (names.empty()) throw invalid("Package", stanza.text());
    for (const auto name : names) entries_.push_back(entry_of(stanza, name));
  });
  if (version_.empty()) throw Error(ErrorKind::internal, cat(what, " has no version"));
  std::ranges::stable_sort(entries_, std::greater{}, [](const auto& entry) { return precision(entry.package); });
}

const EffectTable& EffectTable::built_in() {
  static const EffectTable table(built_in_effects);
  return table;
}

const PackageEffects* EffectTable::find(std::string_view package) const {
  const auto found = std::ranges::find_if(entries_, [&](const PackageEffects& entry) {
    return is_glob(entry.package) ? Pattern(entry.package).matches(package) : entry.package == package;
  });
  return found == entries_.end() ? nullptr : &*found;
}

}  // namespace lapstrake::packages::deb
