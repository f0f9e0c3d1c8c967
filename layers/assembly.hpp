// One layer on its way: its pieces are laid out, read, hashed, packed and handed on, on several threads.
#pragma once
#include <lapstrake/layers/write.hpp>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "codec.hpp"
#include "pieces.hpp"
#include "tags.hpp"

namespace lapstrake::layers {

class Assembly {
 public:
  Assembly(const std::vector<Entry>& entries, const WriteOptions& options, const Sink& sink);
  Written run();

 private:
  // A piece between two stages. Its buffers are used again by later pieces.
  struct Work {
    std::unique_ptr<std::byte[]> raw, packed;
    std::unique_ptr<Tagger> tagger;
    PieceShape shape;
    PieceRecord record;
    std::vector<Tag> tags;                // of its parts
    const PieceRecord* former = nullptr;  // the same piece of the former layer
    std::size_t former_number = 0;
    bool is_kept = false;     // `packed` is the former layer's
    bool is_read = false;     // `raw` holds all of the piece
    bool is_damaged = false;  // `former` was not what its index said
  };

  bool lay_out(Work& work);   // serial
  void prepare(Work& work);   // reads, or takes from the former layer
  void hash_tar(Work& work);  // ordered
  void pack(Work& work);
  void hand_on(Work& work);  // ordered

  void add_content(const Part& part, const Tag& tag, Work& work);
  void read_parts(Work& work) const;
  void tag_content(Work& work) const;
  void set_former(Work& work, std::size_t number) const;
  bool take_former(Work& work) const;
  Bytes packed_of(const Work& work) const;
  std::size_t packed_room() const;
  struct Capacity {
    unsigned threads;
    std::size_t most_alive;
  };
  Capacity capacity() const;

  const std::vector<Entry>& entries_;
  const WriteOptions& options_;
  const Sink& sink_;
  oci::Codec codec_;
  int level_;
  CutRule rule_;
  PieceShapes shapes_;
  const Former* former_;  // one that is of use
  bool looks_the_same_;   // every piece up to here looked like the former layer's
  std::unordered_map<std::string_view, std::uint32_t> former_by_content_;  // the piece's number
  std::mutex packers_mutex_;
  std::vector<std::unique_ptr<Packer>> packers_;
  std::size_t laid_out_ = 0;
  Sha256 tar_, blob_;
  Framing framing_;
  Written written_;
};

}  // namespace lapstrake::layers
