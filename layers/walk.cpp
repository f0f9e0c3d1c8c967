#include "walk.hpp"

#include <algorithm>
#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>

#include "paths.hpp"

namespace lapstrake::layers {
namespace {

constexpr std::size_t most_named = 10;

std::string listed(std::vector<std::string> paths) {
  std::sort(paths.begin(), paths.end());
  std::string out;
  for (std::size_t i = 0; i < paths.size() && i < most_named; ++i)
    out += cat(i == 0 ? "`" : ", `", printable(paths[i], 400), "`");
  if (paths.size() > most_named) out += cat(" and ", paths.size() - most_named, " more");
  return out;
}

}  // namespace

Walk::Walk(const HostTree& tree, Rules rules, unsigned jobs, std::stop_token stop)
    : tree_(tree),
      rules_(std::move(rules)),
      takes_all_(rules_.include.empty() && rules_.exclude.empty() && rules_.ignored.empty()),
      jobs_(jobs),
      stop_(std::move(stop)) {}

void Walk::look_at(std::vector<Root> roots) {
  roots_ = roots.size();
  for (Root& root : roots) {
    const auto item = static_cast<std::uint32_t>(root.node.file.index);
    Folder& folder = folders_.emplace_back(Folder{.spot = {.to = root.to}, .listing = root.node.file.folder});
    look_at_item(folder, item, {.path = root.node.path, .place = root.node.path, .to = std::move(root.to)});
  }
  add_inner(0);
  for (std::size_t from = roots_; from < folders_.size();) {
    const std::size_t to = folders_.size();
    parallel_for_each(
        to - from, jobs_,
        [&](std::size_t i) {
          Folder& folder = folders_[from + i];
          try {
            look_into(folder);
          } catch (...) {
            folder.failure = std::current_exception();
          }
        },
        stop_);
    // Of several failures the first in order is told, whichever thread was faster.
    for (std::size_t i = from; i < to; ++i)
      if (folders_[i].failure) std::rethrow_exception(folders_[i].failure);
    add_inner(from);
    from = to;
  }
  report_troubles();
}

// What was found in folders_[from ...] to be looked into is added behind them.
void Walk::add_inner(std::size_t from) {
  for (std::size_t i = from, end = folders_.size(); i < end; ++i) {
    const std::size_t first = folders_.size();
    for (Spot& spot : folders_[i].inner) folders_.push_back({.spot = std::move(spot)});
    for (Choice& choice : folders_[i].choices)
      if (choice.folder != no_folder) choice.folder += static_cast<std::uint32_t>(first);
    folders_[i].inner = {};
  }
}

void Walk::look_into(Folder& folder) const {
  folder.listing = tree_.list(folder.spot.path);
  const auto& items = folder.listing->items;
  folder.choices.reserve(items.size());
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    if (takes_all_ && S_ISREG(items[i].mode) && items[i].is_readable) {
      folder.choices.push_back({.item = i});
      continue;
    }
    const std::string_view name = folder.listing->names.c_str() + items[i].name;
    look_at_item(folder, i,
                 {.path = joined(folder.spot.path, name),
                  .place = joined(folder.spot.place, name),
                  .to = joined(folder.spot.to, name),
                  .above = folder.spot.above});
  }
}

void Walk::look_at_item(Folder& in, std::uint32_t item, Spot spot) const {
  HostFile file{in.listing, item};
  if (S_ISLNK(file.item().mode) && rules_.follows_links) {
    if (!wanted(spot.place) && nothing_wanted_in(spot.place)) return;
    HostTree::Node node = target_of(spot, file);
    spot.path = std::move(node.path);
    file = node.file;
    in.led_to.insert_or_assign(item, file);
  }
  const HostFolder::Item& look = file.item();
  if (S_ISDIR(look.mode)) {
    if (nothing_wanted_in(spot.place)) return;
    expect_no_circle(spot, look.stamp);
    if (!look.is_readable) return in.unreadable.push_back(spot.path);
    // No tar can carry what is in it, which is said later: no need to go down there.
    if (spot.to.size() > most_path_bytes) return in.choices.push_back({.item = item});
    in.choices.push_back(
        {.item = item, .folder = static_cast<std::uint32_t>(in.inner.size()), .is_idle = !wanted(spot.place)});
    // Only links make circles; without them a chain of folders need not be kept.
    if (rules_.follows_links)
      spot.above = std::make_shared<const Ancestor>(Ancestor{look.stamp.device, look.stamp.inode, spot.above});
    return in.inner.push_back(std::move(spot));
  }
  if (!wanted(spot.place)) return;
  if (S_ISREG(look.mode) && !look.is_readable) return in.unreadable.push_back(spot.path);
  if (S_ISREG(look.mode) || S_ISLNK(look.mode)) return in.choices.push_back({.item = item});
  if (rules_.refuses_specials) in.specials.push_back(spot.path);
}

HostTree::Node Walk::target_of(const Spot& spot, const HostFile& link) const {
  auto node = tree_.find(spot.path, HostTree::Links::follow);
  if (!node)
    throw Error(
        ErrorKind::input,
        cat("the symbolic link `", printable(spot.path, 4096), "` leads to nothing: `", printable(link.target()), "`"),
        "remove it, exclude it, or copy links as they are with `symlinks: keep`");
  return std::move(*node);
}

void Walk::expect_no_circle(const Spot& spot, const FileStamp& look) const {
  for (const Ancestor* above = spot.above.get(); above != nullptr; above = above->above.get())
    if (above->device == look.device && above->inode == look.inode)
      throw Error(ErrorKind::input,
                  cat("the symbolic link `", printable(spot.place, 4096), "` leads back into a folder that it is in"),
                  "exclude it, or copy links as they are with `symlinks: keep`");
}

bool Walk::ignored(const std::string& place) const {
  const auto path = tree_.under_root(place);
  return path && !path->empty() && rules_.ignored.matches(*path);
}

std::string Walk::in_place(const std::string& place) const {
  if (rules_.place.empty()) return place;
  return place.size() > rules_.place.size() ? place.substr(rules_.place.size() + 1) : "";
}

bool Walk::wanted(const std::string& place) const {
  if (takes_all_) return true;
  const std::string path = in_place(place);
  if (path.empty()) return true;
  return (rules_.include.empty() || rules_.include.matches(path)) && !rules_.exclude.matches(path) && !ignored(place);
}

bool Walk::nothing_wanted_in(const std::string& place) const {
  if (takes_all_) return false;
  const std::string path = in_place(place);
  if (path.empty()) return false;
  return (!rules_.exclude.has_exceptions() && rules_.exclude.matches(path)) ||
         (!rules_.ignored.has_exceptions() && ignored(place));
}

void Walk::report_troubles() const {
  std::vector<std::string> unreadable, specials;
  for (const Folder& folder : folders_) {
    unreadable.insert(unreadable.end(), folder.unreadable.begin(), folder.unreadable.end());
    specials.insert(specials.end(), folder.specials.begin(), folder.specials.end());
  }
  if (!unreadable.empty())
    throw Error(ErrorKind::input, cat("cannot read ", listed(unreadable), ": ", reason(EACCES)),
                "make them readable, or exclude them");
  if (!specials.empty())
    throw Error(
        ErrorKind::input,
        cat(listed(specials), specials.size() == 1 ? " is a socket, FIFO or device" : " are sockets, FIFOs or devices"),
        "exclude them, or write `special: skip` to leave them out");
}

std::size_t Walk::size() const {
  std::size_t size = 0;
  for (const Folder& folder : folders_) size += folder.choices.size();
  return size;
}

void Walk::each(const std::function<void(Found)>& act) const {
  for (std::size_t i = 0; i < roots_; ++i)
    for (const Choice& choice : folders_[i].choices) {
      act({file_of(folders_[i], choice), folders_[i].spot.to, choice.is_idle});
      if (choice.folder != no_folder) hand_on(folders_[choice.folder], act);
    }
}

HostFile Walk::file_of(const Folder& folder, const Choice& choice) {
  if (const auto led = folder.led_to.find(choice.item); led != folder.led_to.end()) return led->second;
  return {.folder = folder.listing, .index = choice.item};
}

// What is in `a` comes after `a-b` and all that is in that, since `-` comes before `/`: folders wait for their turn.
void Walk::hand_on(const Folder& folder, const std::function<void(Found)>& act) const {
  std::vector<std::pair<std::string_view, std::uint32_t>> waiting;
  const auto hand_on_last = [&] {
    const std::uint32_t inner = waiting.back().second;
    waiting.pop_back();
    hand_on(folders_[inner], act);
  };
  for (const Choice& choice : folder.choices) {
    const std::string_view name = folder.listing->names.c_str() + folder.listing->items[choice.item].name;
    const auto goes_before = [&](std::string_view other) {
      return name.starts_with(other) && static_cast<unsigned char>(name[other.size()]) < '/';
    };
    while (!waiting.empty() && !goes_before(waiting.back().first)) hand_on_last();
    act({file_of(folder, choice), joined(folder.spot.to, name), choice.is_idle});
    if (choice.folder != no_folder) waiting.emplace_back(name, choice.folder);
  }
  while (!waiting.empty()) hand_on_last();
}

}  // namespace lapstrake::layers
