// `--offline`: errors for everything that needs a network.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>
#include <string_view>
#include <vector>

namespace lapstrake::app {

// Error{input}: `what` is missing from the store and from the vendor folder.
Error not_available_offline(const Context& context, std::string_view what);

}  // namespace lapstrake::app
