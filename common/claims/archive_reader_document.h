// One JSON object taken apart: its members become columns, and the whole of it a document that
// PostgreSQL's jsonb takes as it is. Numbers keep every digit that the file has. Internal to the
// readers.
#pragma once

#include <string>
#include <string_view>

#include "claims/archive_reader.h"

namespace ventanilla {

// Appends `text` as a JSON string with its quotes.
void append_json_text(std::string& json, std::string_view text);

// Fills `row` from one JSON text. On failure row.problem is set.
void read_json_object(std::string_view json, ArchiveRow& row);

// The same for {"model", "pk", "fields"}: fields are the columns, pk the column id behind them
// (none when it is null or left out). `model` receives the model.
void read_dumpdata_object(std::string_view json, ArchiveRow& row, std::string& model);

}  // namespace ventanilla
