#include <lapstrake/app/build/outputs.hpp>
#include <lapstrake/app/choose.hpp>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/image_files.hpp>

namespace lapstrake::app {
namespace {

using Form = oci::DiskReference::Form;

// "host/repo:tag" for each tag: what `docker load` and `podman load` call the image afterwards.
std::vector<std::string> full_names(const spec::Image& image, const std::string& tag) {
  const auto& repository = image.repository.empty() ? "localhost/" + lower(image.name) : image.repository;
  std::vector<std::string> names;
  for (const auto& one : tag.empty() ? image.tags : std::vector<std::string>{tag})
    names.push_back(cat(repository, ":", one));
  if (names.empty()) names.push_back(cat(repository, ":latest"));
  return names;
}

std::string tag_of(const spec::Image& image, const std::string& tag) {
  if (!tag.empty()) return tag;
  return image.tags.empty() ? "latest" : image.tags.front();
}

}  // namespace

void check_outputs(const std::vector<const spec::Image*>& images, const Context& context,
                   const std::vector<Output>& outputs) {
  for (const auto& output : outputs) {
    if (images.size() > 1)
      throw Error(ErrorKind::usage,
                  cat("`-o ", output.where.text(), "` holds only one image, but ", images.size(), " are selected"),
                  cat("name one image: `lapstrake build ", images.front()->name, " -o ", output.where.text(), "`"));
    for (const auto* image : images) {
      const auto platforms = platforms_of(context, *image).size();
      if (output.where.form == Form::docker_archive && platforms > 1)
        throw Error(
            ErrorKind::usage,
            cat("a docker-archive holds only one platform, but image `", image->name, "` has ", platforms),
            cat("choose one with `--platform ", image->platforms.front().text(), "`, or write `-o oci-archive:FILE`"));
    }
  }
}

void write_output(const store::Store& store, const spec::Image& image, const oci::Descriptor& root,
                  const Output& output, const std::stop_token& stop) {
  const auto& where = output.where;
  step(cat("writing `", where.text(), "`"), [&] {
    if (where.form == Form::layout)
      store::write_layout(store, root, where.path, tag_of(image, where.tag), stop);
    else if (where.form == Form::oci_archive)
      store::write_oci_archive(store, root, where.path, tag_of(image, where.tag), full_names(image, where.tag), stop);
    else if (where.tag.find(':') != std::string::npos)
      store::write_docker_archive(store, root, where.path, {where.tag}, stop);
    else
      store::write_docker_archive(store, root, where.path, full_names(image, where.tag), stop);
  });
}

}  // namespace lapstrake::app
