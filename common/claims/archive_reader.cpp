#include "claims/archive_reader.h"

#include "claims/archive_reader_csv.h"
#include "claims/archive_reader_json.h"
#include "claims/archive_reader_text.h"

namespace ventanilla {
namespace {

ArchiveFormat format_of(char first) {
    if (first == '[') {
        return ArchiveFormat::Dumpdata;
    }
    return first == '{' ? ArchiveFormat::JsonLines : ArchiveFormat::Csv;
}

}  // namespace

ArchiveValue& ArchiveRow::next_value() {
    if (values.size() == columns) {
        values.emplace_back();
    }
    ArchiveValue& value = values[columns++];
    value.is_null = false;
    return value;
}

void ArchiveRow::add(std::string_view name, std::string_view text, bool is_null) {
    if (names.size() == columns) {
        names.emplace_back();
    }
    names[columns].assign(name);
    ArchiveValue& value = next_value();
    value.text.assign(text);
    value.is_null = is_null;
}

std::unique_ptr<ArchiveReader> open_archive(const ArchiveSource& source) {
    auto text = std::make_unique<ArchiveText>(source.path, source.encoding);
    if (!text->pass_blanks()) {
        throw UnusableArchive(FileProblem::NoRows, "");
    }
    switch (source.format.value_or(format_of(text->rest().front()))) {
        case ArchiveFormat::Csv:
            return std::make_unique<CsvReader>(std::move(text));
        case ArchiveFormat::JsonLines:
            return std::make_unique<JsonLinesReader>(std::move(text));
        case ArchiveFormat::Dumpdata:
            return std::make_unique<DumpdataReader>(std::move(text), source.model);
    }
    return nullptr;
}

}  // namespace ventanilla
