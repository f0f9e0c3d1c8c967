// The task definition of a task as a document, and findings about it.
#pragma once
#include <lapstrake/base/finding.hpp>
#include <lapstrake/spec/project.hpp>
#include <nlohmann/json_fwd.hpp>

namespace lapstrake::app {

// The document with a reference of the right form for each image of the spec; its digest is all zeros. Error{usage} for
// a document that cannot be read.
nlohmann::json placeholder_document(const spec::Project& project, const spec::Task& task);

// A finding about a document, as one about the files that the document was made of: its pointer becomes a position.
Finding located(const spec::Task& task, Finding finding, const nlohmann::json& document);

}  // namespace lapstrake::app
