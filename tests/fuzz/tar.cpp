// Layers from elsewhere, plain or compressed: within the limits, the same however the stream is cut, and what images
// may have is written as a tar that is read as the same.
#include <lapstrake/layers/tar.hpp>

#include "../../layers/paths.hpp"
#include "members.hpp"
#include "tar_mutator.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

std::optional<Members> members_of(std::string_view tar, std::size_t most_at_once) {
  return attempt(ErrorKind::integrity, [&] {
    std::size_t given = 0;
    const Source stream = [&](std::span<std::byte> room) {
      const auto some = as_bytes(tar.substr(given, std::min(most_at_once, room.size())));
      std::ranges::copy(some, room.begin());
      given += some.size();
      return some.size();
    };
    auto members = all_members([&](const EachEntry& each) { read_tar(stream, "the layer", each, small_limits()); });
    hold(given == tar.size(), "a stream is read to its end");
    return members;
  });
}

bool is_for_images(const Entry& entry) {
  return !entry.path.empty() && relative_path(entry.path) == entry.path && flaw_of(entry.path).empty();
}

// As an image could have them; a link's body is what it leads to.
Members for_images(Members members) {
  std::erase_if(members, [](const Member& member) { return member.entry.special || !is_for_images(member.entry); });
  for (auto& [entry, data] : members) {
    entry.mtime = 0;
    if (entry.kind != Kind::file) data.clear();
    entry.size = data.size();
  }
  return members;
}

std::string written(const Members& members) {
  std::string out;
  TarWriter tar([&](Bytes bytes) { out += as_text(bytes); }, 0);
  for (const auto& [entry, data] : members) {
    tar.header(entry);
    tar.data(as_bytes(data));
  }
  tar.finish();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto members = members_of(text_of(data, size), SIZE_MAX);
  hold(members_of(text_of(data, size), 509) == members, "a layer is the same however its stream is cut");
  if (!members) return 0;
  const auto good = for_images(*members);
  hold(members_of(written(good), SIZE_MAX) == good, "what was written is read as the same");
  return 0;
}
