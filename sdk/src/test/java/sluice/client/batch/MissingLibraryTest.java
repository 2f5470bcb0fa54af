package sluice.client.batch;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An application that has none of the compression libraries. */
class MissingLibraryTest {

    private static final List<String> LIBRARIES =
            List.of("com.github.luben.", "net.jpountz.", "org.xerial.snappy.");

    /** Loads the SDK's classes anew, and no library's. */
    private static final class Bare extends ClassLoader {

        Bare() {
            super(MissingLibraryTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (LIBRARIES.stream().anyMatch(name::startsWith)) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("sluice.client.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            try (InputStream bytes = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (bytes == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] code = bytes.readAllBytes();
                return defineClass(name, code, 0, code.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SNAPPY, org.xerial.snappy:snappy-java",
        "LZ4, at.yawk.lz4:lz4-java",
        "ZSTD, com.github.luben:zstd-jni",
    })
    void whatIsMissingIsNamed(String compression, String artifact) {
        var failure = assertThrows(InvocationTargetException.class, () -> require(compression));
        String missing = String.valueOf(failure.getCause());

        assertTrue(missing.startsWith("sluice.client.error.MissingLibraryException"), missing);
        assertTrue(missing.contains(artifact), missing);
    }

    @Test
    void gzipAndNoneNeedNoLibrary() throws Exception {
        require("GZIP");
        require("NONE");
    }

    private static void require(String compression) throws Exception {
        var bare = new Bare();
        Class<?> type = bare.loadClass("sluice.client.record.Compression");
        Object value =
                java.util.Arrays.stream(type.getEnumConstants())
                        .filter(each -> each.toString().equals(compression))
                        .findFirst()
                        .orElseThrow();
        bare.loadClass("sluice.client.batch.BatchBuilder")
                .getMethod("require", type)
                .invoke(null, value);
    }
}
