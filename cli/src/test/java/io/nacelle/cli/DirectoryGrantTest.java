// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.wasi.Access;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

final class DirectoryGrantTest {
    @ParameterizedTest
    @CsvSource({
        ".,             ., .,     READ_WRITE",
        ".::/data,      ., /data, READ_WRITE",
        "/a:b::/c:d,    /a:b, /c:d, READ_WRITE",
        "/a::ro,        /a, /a,   READ_ONLY",
        "/a::/b::ro,    /a, /b,   READ_ONLY",
    })
    void hostGuestAndAccess(String text, Path host, String guest, Access access) {
        assertEquals(new DirectoryGrant(host, guest, access), DirectoryGrant.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "::", "/a::", "::/b", "::ro", "/a::/b::rw", "/a::/b::RO", "a\0b"})
    void othersAreRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> DirectoryGrant.parse(text));
    }
}
