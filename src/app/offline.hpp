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

// A transport that opens no connection: every request is Error{usage}.
http::Transport no_transport();

// Error{input}: `what` is missing from the store and from the vendor folder.
Error not_available_offline(const Context& context, std::string_view what);

// Error{input} listing the bases of `images` that a build could not read; does nothing unless Context::offline.
void require_bases(const Context& context, const spec::Project& project, const std::vector<const spec::Image*>& images,
                   const store::Store& store);

}  // namespace lapstrake::app
