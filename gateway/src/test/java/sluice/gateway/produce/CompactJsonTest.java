package sluice.gateway.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CompactJsonTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    { "a" : 1 }        | {"a":1}
                    [ 1 , 2.50 ]       | [1,2.50]
                    "a b"              | "a b"
                    " \\" x "          | " \\" x "
                    [ "\\\\" , 1 ]     | ["\\\\",1]
                    true               | true
                    """)
    void onlySpaceBetweenTokensGoes(String written, String kept) {
        byte[] source = ("<" + written + ">").getBytes();

        assertEquals(kept, new String(CompactJson.of(source, 1, source.length - 1)));
    }
}
