// Reads files of the layers below: from the blob of the layer that wrote them, or from the entries of a layer that was
// assembled before.
#pragma once
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/tar.hpp>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::layers {

// Receives a file of the layer: its real paths (several for hard links to one file), its header, and its content.
using EachFile = std::function<void(const std::set<std::string>& paths, const Entry& file, const Source& content)>;

// Calls `each` for the files `paths`, real paths in `tree`, which the layer `blob` wrote last (BaseFiles::Node::layer);
// of several members with one path only the last counts: a later call replaces an earlier one. A hard link has the
// content of its target. Reads the blob twice if it has hard links to earlier members. Error{integrity} when the layer
// lacks one of them. `open` opens the blob.
void read_files(const BaseFiles& tree, const std::function<Source()>& open, std::string_view what,
                const std::set<std::string>& paths, const EachFile& each, const std::stop_token& stop = {});

// The same for the entries of an assembled layer.
void read_files(const std::vector<Entry>& entries, const std::set<std::string>& paths, const EachFile& each);

}  // namespace lapstrake::layers
