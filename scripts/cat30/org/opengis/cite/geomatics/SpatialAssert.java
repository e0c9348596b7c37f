package org.opengis.cite.geomatics;

import org.apache.sis.geometry.Envelopes;
import org.apache.sis.geometry.GeneralEnvelope;
import org.opengis.geometry.Envelope;
import org.opengis.referencing.operation.TransformException;

/** Stands in for the suite's own class of this name, which needs Geotk, and that is in no registry. */
public final class SpatialAssert {

    private SpatialAssert() {
    }

    /** Fails where two boxes have no place in common. */
    public static void assertIntersects(Envelope one, Envelope other) {
        try {
            Envelope there = Envelopes.transform(other, one.getCoordinateReferenceSystem());
            if (!new GeneralEnvelope(one).intersects(there, true)) {
                throw new AssertionError("no common place: " + one + " and " + other);
            }
        } catch (TransformException error) {
            throw new AssertionError(error);
        }
    }
}
