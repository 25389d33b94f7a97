#include "ventanilla/rejected_rows.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "core/text.h"
#include "core/unreachable.h"

namespace ventanilla::cli {
namespace {

constexpr std::size_t write_at = 1U << 16U;
constexpr mode_t only_owner = 0600;

// Bytes that are no UTF-8 as \xE9, so that any editor opens the file.
std::string readable(const std::string& raw) {
    if (is_valid_text(raw)) {
        return raw;
    }
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::size_t longest_character = 4;
    std::string text;
    for (std::size_t at = 0; at < raw.size();) {
        std::size_t size = 1;
        while (size <= longest_character && !is_valid_text(raw.substr(at, size))) {
            ++size;
        }
        if (size <= longest_character) {
            text += raw.substr(at, size);
            at += size;
            continue;
        }
        const auto byte = static_cast<unsigned char>(raw[at++]);
        text += "\\x";
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

std::string quoted(const std::string& text) {
    std::string field = "\"";
    for (const char c : text) {
        field += c == '"' ? "\"\"" : std::string(1, c);
    }
    return field + '"';
}

}  // namespace

std::string reason_text(const RejectedRow& row) {
    switch (row.problem) {
        case RowProblem::BrokenQuotes:
            return "comillas sin cerrar o mal puestas";
        case RowProblem::ColumnCount:
            return "no tiene tantas columnas como la cabecera";
        case RowProblem::BrokenJson:
            return row.raw.empty() ? "el archivo termina antes de tiempo"
                                   : "JSON mal formado o incompleto";
        case RowProblem::NotAnObject:
            return "no es un objeto con las partes esperadas";
        case RowProblem::OtherModel:
            return "es de otro modelo que la primera fila (--modelo elige uno)";
        case RowProblem::TooLong:
            return "pasa de " + std::to_string(longest_archive_row) + " bytes (aquí recortada)";
        case RowProblem::NotText:
            return "no es texto válido (¿falta --codificacion?)";
        case RowProblem::NoId:
            return "no tiene id";
        case RowProblem::TooLongKey:
            return "id, usuario o correo pasa de " + std::to_string(longest_archive_key) + " bytes";
        case RowProblem::ActiveUnclear:
            return "is_active no es sí ni no";
        case RowProblem::RepeatedId:
            return "el id ya salió antes en este archivo";
        case RowProblem::RefusedByDatabase:
            return "la base de datos no la admite: " + row.detail;
    }
    unreachable();
}

RejectedRows::~RejectedRows() {
    if (file_ >= 0) {
        write_out();
        close(file_);
    }
}

void RejectedRows::add(const RejectedRow& row) {
    add(row.line, reason_text(row), row.raw);
}

void RejectedRows::add(std::int64_t line, const std::string& reason, const std::string& raw) {
    if (!begun_) {
        begun_ = true;
        open_file();
        pending_ = "linea,motivo,fila\n";
    }
    pending_ += std::to_string(line) + ',' + quoted(reason) + ',' + quoted(readable(raw)) + '\n';
    if (pending_.size() >= write_at) {
        write_out();
    }
}

// Made anew, never written through what somebody else put at that name.
void RejectedRows::open_file() {
    if (unlink(path_.c_str()) == 0 || errno == ENOENT) {
        file_ =
            open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, only_owner);
    }
    if (file_ < 0) {
        problem_ = std::strerror(errno);
    }
}

void RejectedRows::write_out() {
    std::string_view left = pending_;
    while (file_ >= 0 && !left.empty() && problem_.empty()) {
        const ssize_t written = write(file_, left.data(), left.size());
        if (written < 0 && errno != EINTR) {
            problem_ = std::strerror(errno);
        }
        left.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    pending_.clear();
}

bool RejectedRows::finish() {
    if (!begun_) {
        unlink(path_.c_str());
        return true;
    }
    write_out();
    return problem_.empty();
}

}  // namespace ventanilla::cli
