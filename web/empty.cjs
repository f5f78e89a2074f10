// Stands for packages that other packages name but that are never loaded here.
module.exports = {};
