// All that a copy step takes from the host: its folders are listed on several threads, and handed on in one order.
#pragma once
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "host_tree.hpp"
#include "patterns.hpp"

namespace lapstrake::layers {

class Walk {
 public:
  struct Rules {
    Patterns include, exclude;
    const Patterns& ignored;  // by .lapstrakeignore, relative to the root
    std::string place;        // the folder that include and exclude are relative to
    bool follows_links = false, refuses_specials = true;
  };
  // Where to begin: a file or folder, by which names it was reached, and where it goes in the image.
  struct Root {
    HostTree::Node node;
    std::string to;
  };
  // What is taken. An idle one is not wanted itself: it is a folder, there for what may be wanted in it.
  struct Found {
    HostFile file;
    std::string to;
    bool is_idle;
  };

  Walk(const HostTree& tree, Rules rules, unsigned jobs, std::stop_token stop);
  // Looks at everything. Error{input} naming what is unreadable, what is a device, FIFO or socket, a link to nothing, a
  // link in a circle.
  void look_at(std::vector<Root> roots);
  std::size_t size() const;
  // Root by root, each sorted bytewise by `to`.
  void each(const std::function<void(Found)>& act) const;

 private:
  // The folders that a followed link is in, to notice a circle.
  struct Ancestor {
    dev_t device;
    ino_t inode;
    std::shared_ptr<const Ancestor> above;
  };
  struct Spot {
    std::string path = {}, place = {}, to = {};  // in the tree without links; as it was reached; in the image
    std::shared_ptr<const Ancestor> above = {};
  };
  static constexpr std::uint32_t no_folder = 0xffffffff;
  struct Choice {
    std::uint32_t item = 0, folder = no_folder;  // in `listing` and in folders_
    bool is_idle = false;
  };
  struct Folder {
    Spot spot;
    std::shared_ptr<const HostFolder> listing = {};
    std::vector<Choice> choices = {};               // sorted by name
    std::map<std::uint32_t, HostFile> led_to = {};  // by the links among `listing` that are followed
    std::vector<Spot> inner = {};                   // to be looked into next
    std::vector<std::string> unreadable = {}, specials = {};
    std::exception_ptr failure = {};
  };

  void look_into(Folder& folder) const;
  void look_at_item(Folder& in, std::uint32_t item, Spot spot) const;
  HostTree::Node target_of(const Spot& spot, const HostFile& link) const;
  void expect_no_circle(const Spot& spot, const FileStamp& look) const;
  void add_inner(std::size_t from);
  bool ignored(const std::string& place) const;
  std::string in_place(const std::string& place) const;
  bool wanted(const std::string& place) const;
  bool nothing_wanted_in(const std::string& place) const;
  void report_troubles() const;
  void hand_on(const Folder& folder, const std::function<void(Found)>& act) const;
  static HostFile file_of(const Folder& folder, const Choice& choice);

  const HostTree& tree_;
  Rules rules_;
  bool takes_all_ = false;  // no pattern has a say
  unsigned jobs_;
  std::stop_token stop_;
  std::size_t roots_ = 0;
  std::deque<Folder> folders_;  // the roots, each as the one item of a folder, then what is in them
};

}  // namespace lapstrake::layers
