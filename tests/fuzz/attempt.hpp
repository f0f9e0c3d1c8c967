// How a parser may end: with a value, or with an Error of its own kind that can be told to a person.
#pragma once
#include <algorithm>
#include <initializer_list>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "fuzz.hpp"

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Nothing in it that a terminal would take for an order.
inline bool is_for_terminals(std::string_view text) {
  return lapstrake::is_utf8(text) && std::ranges::all_of(text, [](char c) {
           return static_cast<unsigned char>(c) >= ' ' ? c != '\x7f' : c == '\n' || c == '\t';
         });
}

// What `act` returns, or nothing after an Error of one of these kinds. Any other end is a finding.
template <class Act>
auto attempt(std::initializer_list<lapstrake::ErrorKind> kinds, Act&& act) -> std::optional<decltype(act())> {
  try {
    return act();
  } catch (const lapstrake::Error& error) {
    const auto told = report(error);
    const bool is_expected = std::ranges::find(kinds, error.kind()) != kinds.end();
    if (!is_expected) std::fputs(told.c_str(), stderr);
    hold(is_expected, "what is refused has its own exit code");
    hold(!error.summary().empty() && is_for_terminals(told), "what is refused can be told to a person");
    return std::nullopt;
  }
}

template <class Act>
auto attempt(lapstrake::ErrorKind kind, Act&& act) {
  return attempt({kind}, std::forward<Act>(act));
}
