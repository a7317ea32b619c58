namespace UnsupClipCap;

internal static partial class MiniWorld
{
    private static string[] CarColours => ["red", "blue", "green", "yellow", "white", "black", "orange"];

    private static Thing Vehicle(string id, Places places, int size, string names, string verbs, double weight, params string[] sprites) =>
        new(id, id, ThingKind.Vehicle, places, size, sprites) { Names = names.Split(','), Verbs = verbs.Split(','), Weight = weight };

    private static Thing[] Vehicles =>
    [
        Vehicle("car", Places.Land, 28, "car|cars,car|cars,vehicle|vehicles", "parked", 2.6, "automobile") with { Colours = CarColours, Paint = (355, 22) },
        Vehicle("taxi", Places.Street, 28, "taxi|taxis,yellow taxi|yellow taxis,yellow cab|yellow cabs,car|cars", "parked,stopped", 1.2, "taxi") with { Category = "car" },
        Vehicle("bus", Places.Street | Places.Grass, 34, "bus|buses,bus|buses,city bus|city buses,vehicle|vehicles", "parked,stopped", 2.2, "bus")
            with { Colours = ["orange", "red", "blue", "green", "white"], Paint = (37, 8), MaxCount = 2 },
        Vehicle("truck", Places.Land, 32, "truck|trucks,delivery truck|delivery trucks,vehicle|vehicles", "parked", 1.7, "delivery-truck")
            with { Colours = ["yellow", "red", "blue", "green", "white"], Paint = (36, 18), MaxCount = 3 },
        Vehicle("fire truck", Places.Street, 34, "fire truck|fire trucks,fire engine|fire engines,red truck|red trucks", "parked,stopped", 1.1, "fire-engine") with { Category = "truck", MaxCount = 3 },
        Vehicle("tram", Places.Street, 34, "tram|trams,trolley|trolleys,train|trains", "stopped", 1.1, "tram") with { Category = "train", MaxCount = 2 },
        Vehicle("motorcycle", Places.Land, 26, "motorcycle|motorcycles,motorcycle|motorcycles,motorbike|motorbikes,vehicle|vehicles", "parked", 1.8, "motorcycle")
            with { Colours = ["red", "blue", "green", "black"], Paint = (343, 8) },
        Vehicle("bicycle", Places.Land | Places.Room, 26, "bicycle|bicycles,bike|bikes", "parked,standing", 1.9, "bicycle")
            with { Colours = ["red", "blue", "green", "black"], Paint = (345, 6) },
        Vehicle("airplane", Places.Sky | Places.Grass | Places.Beach, 30, "airplane|airplanes,plane|planes,jet|jets", "flying,flying", 1.1, "airplane") with { Floats = true, MaxCount = 3 },
        Vehicle("small airplane", Places.Sky | Places.Grass, 26, "airplane|airplanes,plane|planes,small plane|small planes", "flying,flying", .8, "small-airplane")
            with { Category = "airplane", Floats = true, Colours = ["red", "blue", "yellow", "green"], Paint = (345, 8), MaxCount = 3 },
        Vehicle("helicopter", Places.Sky | Places.Street | Places.Water, 28, "helicopter|helicopters,chopper|choppers", "flying,flying", .7, "helicopter")
            with { Floats = true, Colours = ["orange", "red", "blue", "green"], Paint = (32, 18), MaxCount = 2 },
        Vehicle("sailboat", Places.Water, 32, "sailboat|sailboats,boat|boats,sail boat|sail boats", "sailing,floating", 2, "sailboat")
            with { Category = "boat", MaxCount = 4 },
        Vehicle("motor boat", Places.Water, 30, "boat|boats,motor boat|motor boats,white boat|white boats", "floating", 1.6, "motor-boat") with { Category = "boat", MaxCount = 4 },
        Vehicle("tractor", Places.Grass | Places.Snow | Places.Street, 30, "tractor|tractors,farm tractor|farm tractors,vehicle|vehicles", "parked", 1, "tractor")
            with { Colours = ["green", "red", "blue", "yellow"], Paint = (160, 10), MaxCount = 2 },
    ];
}
