// An immutable value shared by many holders; an empty one costs only a pointer.
#pragma once
#include <concepts>
#include <memory>
#include <utility>

namespace lapstrake::layers {

template <class T>
class Shared {
 public:
  Shared() = default;
  template <class From>
  // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): a Shared is not convertible to T
  requires std::convertible_to<From, T> Shared(From&& from) {
    T value(std::forward<From>(from));
    if (!value.empty()) value_ = std::make_shared<const T>(std::move(value));
  }

  const T& operator*() const noexcept {
    static const T nothing;
    return value_ == nullptr ? nothing : *value_;
  }
  const T* operator->() const noexcept { return &**this; }
  friend bool operator==(const Shared& a, const Shared& b) { return a.value_ == b.value_ || *a == *b; }

 private:
  std::shared_ptr<const T> value_;
};

}  // namespace lapstrake::layers
