// Clients and their services out of a CSV file with the columns nombre_completo, email, telefono,
// direccion, servicio, mensualidad, moneda (SPEC.md 7), in any order and capitals; only the first
// is required, and a column with another name is told. A row adds a client, or adds its service to
// a client that is there already, or changes nothing: the same file twice changes nothing the
// second time.
//
// The same client is one that is not deleted, has the same folded name, and the same email or
// phone, or neither of them and the same address; the oldest counts. The same service is one of
// that client with the same folded name; with another amount the row is wrong, for nobody knows
// whether it is a second one. Rows of one file are compared with the rows before them in the same
// way.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "accounts/audit.h"
#include "clients/client.h"
#include "core/clock.h"
#include "core/errors.h"
#include "db/connection.h"

namespace ventanilla {

enum class RowFate { NewClient, NewService, Unchanged, Wrong };

struct ImportRow {
    std::int64_t line = 0;  // of the file, 1 is the header
    std::string full_name;
    RowFate fate = RowFate::Wrong;
    std::vector<std::string> problems;  // keys of texts.txt
    std::string raw;                    // as it stands in the file, when it is wrong
};

// Why a file cannot be read at all.
enum class ClientFileProblem {
    NotText,  // binary, or not in the encoding it should have
    NoNameColumn,
    TwiceTheColumn,  // `detail` names it
    UnknownColumn,   // `detail` names it
    NoRows,
    BrokenQuotes,  // `detail` has the line
};
// The key of texts.txt that says so; its {{detail}} is the plan's.
[[nodiscard]] const char* problem_text_key(ClientFileProblem problem);

struct ImportPlan {
    std::optional<ClientFileProblem> problem;  // present: nothing else is but `detail`
    std::string detail;
    std::vector<ImportRow> rows;
    // How many rows have which fate.
    std::int64_t new_clients = 0;
    std::int64_t new_services = 0;
    std::int64_t unchanged = 0;
    std::int64_t wrong = 0;
    bool written = false;  // false for a dry run, and when wrong rows stood in the way
};

struct ImportOptions {
    std::string encoding = "UTF-8";  // or another name that iconv knows; a BOM is dropped
    std::string phone_region = "MX";
};

// False for a name that iconv does not know.
[[nodiscard]] bool is_known_encoding(const std::string& encoding);

// The file as UTF-8; absent when it is not in that encoding. Windows' files in Latin-1 that say
// nothing of it are recognised by the caller: try UTF-8, then ask.
[[nodiscard]] std::optional<std::string> as_utf8(const std::string& bytes,
                                                 const std::string& encoding);

// What would happen, row by row, without writing anything. Separator: comma, semicolon or tab, by
// the header. Rows without any value are passed over.
[[nodiscard]] ImportPlan planned_import(db::Connection& connection,
                                        const std::string& text,
                                        const ImportOptions& options);

// Rows done and rows in all, now and then; may be empty.
using ImportProgressListener = std::function<void(std::int64_t, std::int64_t)>;

// Another import of clients has been running for longer than one waits.
class ClientImportBusy : public Unavailable {
  public:
    using Unavailable::Unavailable;
};

// The same for real, in one transaction: with a wrong row nothing is written unless `skip_wrong`.
// The plan says what was done. One import at a time: throws ClientImportBusy.
[[nodiscard]] ImportPlan import_clients(db::Connection& connection,
                                        const std::string& text,
                                        const ImportOptions& options,
                                        bool skip_wrong,
                                        const Actor& actor,
                                        Timestamp now,
                                        const ImportProgressListener& progress);

// An upload between dry run and confirmation; those of a day ago go when one is kept. Ids of
// others' uploads are absent.
[[nodiscard]] std::int64_t keep_upload(db::Connection& connection,
                                       const std::string& file_name,
                                       const std::string& text,
                                       std::int64_t account_id,
                                       Timestamp now);
struct KeptUpload {
    std::string file_name;
    std::string text;
};
[[nodiscard]] std::optional<KeptUpload> kept_upload(db::Connection& connection,
                                                    std::int64_t id,
                                                    std::int64_t account_id);
void drop_upload(db::Connection& connection, std::int64_t id, std::int64_t account_id);

}  // namespace ventanilla
