#include "pam_profiles.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <map>
#include <vector>

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view pam_origin = "package libpam-runtime", records_of_pam = "var/lib/pam";
constexpr std::string_view primary_block = "# here are the per-package modules (the \"Primary\" block)",
                           fallback_line = "# here's the fallback if no module succeeds",
                           additional_block = "# and here are more per-package modules (the \"Additional\" block)",
                           end_line = "# end of pam-auth-update config";
constexpr std::string_view no_primary = "[default=1]\t\t\tpam_permit.so";

struct Stack {
  std::string_view file, field, type;  // "common-session-noninteractive", "Session", "session"
  bool is_interactive = true;
};
constexpr std::array stacks{Stack{"auth", "Auth", "auth"}, Stack{"account", "Account", "account"},
                            Stack{"password", "Password", "password"}, Stack{"session", "Session", "session"},
                            Stack{"session-noninteractive", "Session", "session", false}};

struct Profile {
  std::string name;
  std::int64_t priority = 0;
  bool is_default = false;
  std::map<std::string, std::string, std::less<>> fields = {};

  std::string_view value(std::string_view field) const {
    const auto found = fields.find(field);
    return found == fields.end() ? std::string_view() : found->second;
  }
  // "Primary", "Additional", or empty if it is not in the stack.
  std::string_view block_in(const Stack& stack) const {
    if (!stack.is_interactive && fields.contains("Session-Interactive-Only")) return {};
    return value(cat(stack.field, "-Type"));
  }
  // The first profile of a block may have other lines.
  std::vector<std::string_view> lines_in(const Stack& stack, bool is_first) const {
    const auto initial = is_first ? value(cat(stack.field, "-Initial")) : std::string_view();
    return lines_of(initial.empty() ? value(stack.field) : initial);
  }
};

Profile profile_of(const std::string& name, const std::string& text) {
  const auto stanza = single_stanza(text, cat("the PAM profile `", printable(name, 100), "`"));
  Profile out{.name = name, .priority = parse_integer(stanza.value("Priority")).value_or(0)};
  out.is_default = stanza.value("Default") == "yes";
  for (const auto& field : stanza.fields()) out.fields.emplace(field.name, field.value);
  return out;
}

// By priority, then the last name first.
std::vector<Profile> profiles_in(const Root& root) {
  std::vector<Profile> out;
  for (const auto& name : root.names_in("usr/share/pam-configs"))
    if (const auto text = root.text(cat("usr/share/pam-configs/", name))) out.push_back(profile_of(name, *text));
  std::ranges::stable_sort(out, [](const Profile& a, const Profile& b) {
    return a.priority != b.priority ? a.priority > b.priority : a.name > b.name;
  });
  return out;
}

// "[success=end default=ignore]\tpam_unix.so nullok": `end` becomes the number of lines to jump over, and options have
// one blank between them.
std::string module_line(std::string_view line, std::size_t count) {
  const auto after_control = line.starts_with('[') ? line.find(']') : line.find_first_of(" \t");
  const auto module = line.find_first_not_of(" \t", after_control == line.npos ? line.size() : after_control + 1);
  const auto end = module == line.npos ? line.size() : std::min(line.size(), line.find_first_of(" \t", module));
  std::vector<std::string> options;
  for (const auto option : words_of(line.substr(end))) options.emplace_back(option);
  return cat(replace_all(std::string(line.substr(0, end)), "end", cat(count)), " ", join(options, " "), "\n");
}

class Configuration {
 public:
  Configuration(const std::vector<Profile>& profiles, const Stack& stack) : profiles_(profiles), stack_(stack) {}

  // Nothing for a template without the marks of the blocks.
  std::optional<std::string> of_template(const std::string& text) const {
    std::string out;
    enum class Place { before, primary, between, additional, after } place = Place::before;
    for (auto line : split(text, '\n')) {
      if (place == Place::primary && line.starts_with(fallback_line)) place = Place::between;
      if (place == Place::additional && line.starts_with(end_line)) place = Place::after;
      if (place == Place::primary || place == Place::additional) continue;
      out += cat(line, "\n");
      if (place == Place::before && line.starts_with(primary_block)) {
        out += block("Primary");
        place = Place::primary;
      } else if (place == Place::between && line.starts_with(additional_block)) {
        out += block("Additional");
        place = Place::additional;
      }
    }
    if (text.ends_with('\n')) out.pop_back();  // split() has an empty part after it
    return place == Place::after ? std::optional(out) : std::nullopt;
  }

  std::string record() const {
    std::string out;
    if (lines("Primary").empty()) out = cat("Module: null\n", no_primary, "\n");
    for (const std::string_view block : {"Primary", "Additional"})
      for_each_in(block, [&](const Profile& profile, const std::vector<std::string_view>& lines) {
        out += cat("Module: ", profile.name, "\n");
        for (const auto line : lines) out += cat(line, "\n");
      });
    return out;
  }

 private:
  template <class Act>
  void for_each_in(std::string_view block, const Act& act) const {
    bool is_first = true;
    for (const auto& profile : profiles_)
      if (profile.block_in(stack_) == block) act(profile, profile.lines_in(stack_, std::exchange(is_first, false)));
  }

  std::vector<std::string_view> lines(std::string_view block) const {
    std::vector<std::string_view> out;
    for_each_in(block, [&](const Profile&, const auto& lines) { out.insert(out.end(), lines.begin(), lines.end()); });
    return out;
  }

  std::string block(std::string_view name) const {
    const auto all = lines(name);
    if (all.empty()) return name == "Primary" ? cat(stack_.type, "\t", no_primary, "\n") : std::string();
    // A jump in the second block ends before its last line.
    auto count = all.size() - (name == "Primary" ? 0 : 1);
    std::string out;
    for (const auto line : all) out += cat(stack_.type, "\t", module_line(line, count--));
    return out;
  }

  const std::vector<Profile>& profiles_;
  const Stack& stack_;
};

// Of two profiles in conflict, the one with the lower priority is left out.
std::vector<Profile> enabled_of(const std::vector<Profile>& profiles) {
  std::vector<Profile> out;
  for (const auto& profile : profiles) {
    const auto conflicts_with = [&](const Profile& other) {
      const auto names = split(other.value("Conflicts"), ',');
      return std::ranges::any_of(names, [&](const std::string& name) { return trim(name) == profile.name; });
    };
    if (profile.is_default && std::ranges::none_of(out, conflicts_with)) out.push_back(profile);
  }
  return out;
}

}  // namespace

void apply_pam_profiles(Root& root) {
  const auto profiles = profiles_in(root);
  const auto enabled = enabled_of(profiles);
  for (const auto& stack : stacks) {
    const auto path = cat("etc/pam.d/common-", stack.file);
    const auto text = root.text(cat("usr/share/pam/common-", stack.file));
    if (!text || root.exists(path)) continue;
    const Configuration configuration(enabled, stack);
    if (auto configured = configuration.of_template(*text)) {
      root.put_file(path, std::move(*configured), {}, pam_origin);
      root.put_file(cat(records_of_pam, "/", stack.file), configuration.record(), {}, pam_origin);
    }
  }
  std::string seen;
  for (const auto& profile : profiles) seen += cat(profile.name, "\n");
  root.put_file(cat(records_of_pam, "/seen"), std::move(seen), {}, pam_origin);
}

}  // namespace lapstrake::packages::deb
