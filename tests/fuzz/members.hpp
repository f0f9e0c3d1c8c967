// What a reader of archives told, whole: to be compared, and counted against its limits.
#pragma once
#include <lapstrake/layers/tar.hpp>
#include <string>
#include <vector>

#include "attempt.hpp"

struct Member {
  lapstrake::layers::TarEntry entry;
  std::string data;
  bool operator==(const Member& other) const {
    const auto &a = entry, &b = other.entry;
    return a.path == b.path && a.kind == b.kind && a.mode == b.mode && a.uid == b.uid && a.gid == b.gid &&
           a.size == b.size && *a.target == *b.target && *a.xattrs == *b.xattrs && a.special == b.special &&
           a.mtime == b.mtime && data == other.data;
  }
};
using Members = std::vector<Member>;

inline lapstrake::layers::ReadLimits small_limits() { return {.most_entries = 64, .most_bytes = 1 << 20}; }

// `read` is given an EachEntry that keeps all that it is told.
template <class Read>
Members all_members(const Read& read) {
  Members out;
  std::size_t bytes = 0;
  read([&](const lapstrake::layers::TarEntry& entry, const lapstrake::Source& data) {
    out.push_back({.entry = entry, .data = {}});
    lapstrake::drain(data, [&](lapstrake::Bytes some) {
      out.back().data += lapstrake::as_text(some);
      bytes += some.size();
      hold(bytes <= small_limits().most_bytes, "no more bytes come out than the limits allow");
    });
    hold(out.size() <= small_limits().most_entries, "no more entries come out than the limits allow");
    hold(entry.mode <= 07777, "a mode is permissions alone");
    hold(entry.kind == lapstrake::layers::Kind::file || out.back().data.empty() ||
             entry.kind == lapstrake::layers::Kind::hardlink,
         "folders and links have no content");
  });
  return out;
}
