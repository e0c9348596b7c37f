package org.opengis.cite.geomatics;

import java.util.List;

import org.apache.sis.geometry.Envelopes;
import org.apache.sis.geometry.GeneralEnvelope;
import org.apache.sis.referencing.CommonCRS;
import org.apache.sis.util.Utilities;
import org.opengis.geometry.Envelope;
import org.opengis.referencing.crs.CoordinateReferenceSystem;
import org.opengis.referencing.operation.TransformException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** Stands in for the suite's own class of this name, which needs Geotk, and that is in no registry. */
public final class Extents {

    private static final String[] CORNERS = {"LowerCorner", "lowerCorner", "UpperCorner", "upperCorner"};

    private Extents() {
    }

    /** Returns the box of an ows:BoundingBox, an ows:WGS84BoundingBox or a gml:Envelope. */
    public static Envelope createEnvelope(Node node) {
        Element box = (Element) node;
        String name = box.getAttribute("crs").isEmpty() ? box.getAttribute("srsName") : box.getAttribute("crs");
        GeneralEnvelope found = new GeneralEnvelope(systemOf(name));
        double[] numbers = new double[4];
        int at = 0;
        for (String corner : CORNERS) {
            NodeList there = box.getElementsByTagNameNS("*", corner);
            if (there.getLength() > 0) {
                for (String number : there.item(0).getTextContent().trim().split("\\s+")) {
                    numbers[at++] = Double.parseDouble(number);
                }
            }
        }
        found.setEnvelope(numbers);
        return found;
    }

    /** Returns the box around several. */
    public static Envelope coalesceBoundingBoxes(List<Node> nodes) throws TransformException {
        GeneralEnvelope all = null;
        for (Node node : nodes) {
            Envelope one = createEnvelope(node);
            if (all == null) {
                all = new GeneralEnvelope(one);
            } else {
                all.add(Envelopes.transform(one, all.getCoordinateReferenceSystem()));
            }
        }
        return all;
    }

    /** Returns a box as the parameter bbox takes it. */
    public static String envelopeToString(Envelope box) {
        StringBuilder said = new StringBuilder();
        for (double number : box.getLowerCorner().getCoordinate()) {
            said.append(number).append(',');
        }
        for (double number : box.getUpperCorner().getCoordinate()) {
            said.append(number).append(',');
        }
        CoordinateReferenceSystem system = box.getCoordinateReferenceSystem();
        boolean latitudeFirst = Utilities.equalsIgnoreMetadata(system, CommonCRS.WGS84.geographic());
        return said + (latitudeFirst ? "urn:ogc:def:crs:EPSG::4326" : "urn:ogc:def:crs:OGC:1.3:CRS84");
    }

    private static CoordinateReferenceSystem systemOf(String name) {
        if (name.isEmpty() || name.contains("CRS84")) {
            return CommonCRS.WGS84.normalizedGeographic();
        }
        if (name.contains("4326")) {
            return CommonCRS.WGS84.geographic();
        }
        throw new IllegalArgumentException("a system that this suite does not ask for: " + name);
    }
}
